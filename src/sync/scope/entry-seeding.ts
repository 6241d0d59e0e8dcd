import type { ScopeId } from '../../base/ids.ts';
import { messageBytes } from '../wire/limits.ts';
import type { LogPositions } from '../ground/log-positions.ts';
import type { SessionEffect } from '../ground/session.ts';

/** Membership entries that the relay lacks, read from the log and appended there, part by part. */
export interface EntrySeeding {
  readonly isUnderWay: boolean;
  /** The connection is over. */
  reset(): void;
  /** Does nothing where the relay lacks nothing. */
  begin(): void;
  /** What was read for it. */
  ownEntries(from: number, entries: readonly Uint8Array[]): void;
  /** The relay has stored something of it: it ends, or the next part is read. */
  goOn(): void;
  /** True when it was under way, and the relay told of what it lacked itself. */
  endIfDone(): boolean;
}

export function createEntrySeeding(
  scopeId: ScopeId,
  positions: Pick<LogPositions, 'known' | 'relayKnows'>,
  emit: (effect: SessionEffect) => void,
  append: (sequence: number, entry: Uint8Array, isNew: boolean) => void,
): EntrySeeding {
  let isUnderWay = false;
  let sentTo = -1;

  const relayLacks = (): boolean => positions.relayKnows < positions.known;

  function read(): void {
    emit({ type: 'read_entries', scopeId, from: positions.relayKnows + 1, limitBytes: messageBytes });
  }

  return {
    get isUnderWay(): boolean {
      return isUnderWay;
    },
    reset() {
      isUnderWay = false;
    },
    begin() {
      isUnderWay = relayLacks();
      if (isUnderWay) {
        read();
      }
    },
    ownEntries(from, entries) {
      if (isUnderWay && from === positions.relayKnows + 1) {
        entries.forEach((entry, index) => append(from + index, entry, false));
        sentTo = positions.relayKnows + entries.length;
      }
    },
    goOn() {
      isUnderWay = relayLacks();
      if (isUnderWay && positions.relayKnows >= sentTo) {
        read();
      }
    },
    endIfDone() {
      const isDone = isUnderWay && !relayLacks();
      isUnderWay &&= !isDone;
      return isDone;
    },
  };
}
