export { barrel } from '../contract/index.ts';
