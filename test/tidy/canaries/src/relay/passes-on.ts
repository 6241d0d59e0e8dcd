export { sealing } from '../log/sealing.ts';
