export { innocent } from '../src/base/innocent.ts';
