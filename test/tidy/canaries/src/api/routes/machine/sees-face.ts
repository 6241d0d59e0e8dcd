export { api } from '../../face.ts';
