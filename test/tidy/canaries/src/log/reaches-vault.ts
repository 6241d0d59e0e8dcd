export { vault } from './passes-on.ts';
