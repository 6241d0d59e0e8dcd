export { machine } from './script-machine.ts';
