export { port } from '../port.ts';
