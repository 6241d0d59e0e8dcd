import { equalBytes } from '../base/bytes.ts';
import type { ScopeId } from '../base/ids.ts';
import { messageBytes } from './limits.ts';
import type { SessionEffect } from './session.ts';

interface Wanted {
  readonly sequence: number;
  readonly entry: Uint8Array;
  isSent: boolean;
}

/** Membership entries in both directions: what the relay lacks, what this device lacks, and one that it wants to add. */
export interface EntryFlow {
  readonly known: number;
  readonly isSeeding: boolean;
  reset(known: number | undefined): void;
  /** Sends what the relay lacks; false when it lacks nothing. */
  seed(relayKnows: number): boolean;
  ownEntries(from: number, entries: readonly Uint8Array[]): void;
  /** False when the entries are not the next ones. */
  receive(from: number, entries: readonly Uint8Array[]): boolean;
  want(sequence: number, entry: Uint8Array): void;
  /** The scope is open: an entry that waited is sent. */
  sendWanted(): void;
  appended(sequence: number): void;
  /** An entry was refused; true when it was the wanted one. */
  refused(): boolean;
}

/** `registrationToken` goes along with the founding entry alone. */
export function createEntryFlow(
  scopeId: ScopeId,
  first: number,
  emit: (effect: SessionEffect) => void,
  registrationToken: string | null,
): EntryFlow {
  let known = first;
  let relayKnows = -1;
  let seedSentTo = -1;
  let isSeeding = false;
  let isOpen = false;
  let wanted: Wanted | undefined;

  function settle(accepted: boolean): void {
    if (wanted !== undefined) {
      const { sequence } = wanted;
      wanted = undefined;
      emit({ type: 'entry_settled', scopeId, sequence, accepted });
    }
  }

  function append(sequence: number, entry: Uint8Array, isNew: boolean): void {
    const token = sequence === 0 ? registrationToken : null;
    emit({ type: 'send', message: { type: 'append_entry', scopeId, sequence, token, isNew, entry } });
  }

  function sendWanted(): void {
    if (!isOpen || wanted === undefined || wanted.isSent) {
      return;
    }
    if (wanted.sequence <= known) {
      settle(false);
    } else {
      wanted.isSent = true;
      append(wanted.sequence, wanted.entry, true);
    }
  }

  function readSeed(): void {
    emit({ type: 'read_entries', scopeId, from: relayKnows + 1, limitBytes: messageBytes });
  }

  return {
    get known(): number {
      return known;
    },
    get isSeeding(): boolean {
      return isSeeding;
    },
    reset(logSequence) {
      known = logSequence ?? known;
      isSeeding = false;
      isOpen = false;
      if (wanted !== undefined) {
        wanted.isSent = false;
      }
    },
    seed(sequence) {
      relayKnows = sequence;
      isSeeding = relayKnows < known;
      if (isSeeding) {
        readSeed();
      }
      return isSeeding;
    },
    ownEntries(from, entries) {
      if (!isSeeding || from !== relayKnows + 1) {
        return;
      }
      entries.forEach((entry, index) => append(from + index, entry, false));
      seedSentTo = relayKnows + entries.length;
    },
    receive(from, entries) {
      if (from !== known + 1) {
        return false;
      }
      if (entries.length > 0) {
        known += entries.length;
        emit({ type: 'receive_entries', scopeId, from, entries });
      }
      if (wanted !== undefined && !wanted.isSent && wanted.sequence <= known) {
        const same = entries[wanted.sequence - from];
        settle(same !== undefined && equalBytes(same, wanted.entry));
      }
      return true;
    },
    want(sequence, entry) {
      if (wanted !== undefined) {
        emit({ type: 'entry_settled', scopeId, sequence, accepted: false });
        return;
      }
      wanted = { sequence, entry, isSent: false };
      sendWanted();
    },
    sendWanted() {
      isOpen = true;
      sendWanted();
    },
    appended(sequence) {
      if (isSeeding) {
        relayKnows = Math.max(relayKnows, sequence);
        isSeeding = relayKnows < known;
        if (isSeeding && relayKnows >= seedSentTo) {
          readSeed();
        }
      } else if (wanted?.isSent === true && wanted.sequence === sequence) {
        known = Math.max(known, sequence);
        // Handed out like any other: whoever wanted it may have given up waiting meanwhile.
        emit({ type: 'receive_entries', scopeId, from: sequence, entries: [wanted.entry] });
        settle(true);
      }
    },
    refused() {
      const wasWanted = !isSeeding && wanted?.isSent === true;
      if (wasWanted) {
        settle(false);
      }
      return wasWanted;
    },
  };
}
