export { browser } from '../../engines/browser/engine.ts';
