import type { CommandFault } from './fault.ts';

/** What an upgrade of the store would do, tried on a copy. */
export interface UpgradeReport {
  /** Version of the store that is found, and the one that this program works with. */
  readonly found: number;
  readonly version: number;
  readonly program: string;
  /** The versions it is taken to, in order. */
  readonly steps: readonly number[];
  readonly storeBytes: number;
  /** What the upgrade itself needs, and what is free, where it would be made; null where the disk does not say it. */
  readonly room: { readonly folder: string; readonly neededBytes: number; readonly freeBytes: number | null };
  /** What went wrong on the copy; null where nothing did. */
  readonly failure: string | null;
  readonly tookMs: number;
}

export interface RollbackReport {
  readonly executed: boolean;
  readonly from: number;
  readonly to: number;
  readonly copy: string;
  readonly copiedAt: string;
  readonly sizeBytes: number;
  /** Where the store that is replaced is kept. */
  readonly keptAt: string;
  /** Changes that the store knows and the copy does not. */
  readonly changesLost: number;
}

/** What is done with the store of a home while no daemon has it. */
export interface StoreCommands {
  tryUpgrade(): Promise<UpgradeReport | CommandFault>;
  rollBack(execute: boolean): Promise<RollbackReport | CommandFault>;
}
