export { strategies } from '../strategies.ts';
