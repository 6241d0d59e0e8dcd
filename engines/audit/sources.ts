import type { FileMapping } from '../../src/contract/engine.ts';

/** Audit events are written by the daemon alone. */
export const files: FileMapping | undefined = undefined;
