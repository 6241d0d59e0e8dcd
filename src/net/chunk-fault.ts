import type { RelayErrorCode } from '../sync/wire/messages.ts';

/** Why nothing was moved. away: no connection, or it ended; old: the relay keeps no large files; refused: it said no. */
export interface ChunkFault {
  readonly kind: 'away' | 'old' | 'refused';
  readonly message: string;
  readonly code?: RelayErrorCode;
}
