export { main } from '../src/daemon/main.ts';
