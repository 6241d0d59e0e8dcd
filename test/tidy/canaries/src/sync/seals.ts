export { sealed } from './passes-on.ts';
