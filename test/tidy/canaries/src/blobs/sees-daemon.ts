export { main } from '../daemon/main.ts';
