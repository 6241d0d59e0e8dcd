import type { DamagedRow } from '../../store/ground/port.ts';

/** A record whose stored row is damaged, and the quarantine item that says so. */
export interface DamagedRecord {
  readonly row: DamagedRow;
  readonly quarantineId: string;
}

export interface VerifiedPage {
  readonly checked: number;
  readonly damaged: readonly DamagedRecord[];
  /** Null when every record has been opened. */
  readonly nextCursor: string | null;
}
