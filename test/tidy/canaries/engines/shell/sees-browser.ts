export { browser } from '../browser/engine.ts';
