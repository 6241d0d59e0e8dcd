export { innocent } from '../base/innocent.ts';
