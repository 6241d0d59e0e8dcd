import type { LoggedChange } from '../../contract/change.ts';

/** Tells what was said before decisions had these laws: what was approved then stays approved. */
export type IsOld = (change: LoggedChange) => boolean;
