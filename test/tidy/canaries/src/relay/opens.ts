export { sealing } from './passes-on.ts';
