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
  /** Entries up to here came from elsewhere, perhaps another relay: this one gets them too. */
  held(logSequence: number): void;
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
  /** The relay goes on telling from here. */
  let heardTo = first;
  /** What came from elsewhere while the relay was still being asked. */
  let heldElsewhere = -1;
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
    // One thing at a time: a refusal says only that it is about an entry.
    if (!isOpen || isSeeding || wanted === undefined || wanted.isSent) {
      return;
    }
    if (wanted.sequence <= known) {
      settle(false);
    } else {
      wanted.isSent = true;
      append(wanted.sequence, wanted.entry, true);
    }
  }

  function seedMore(): void {
    if (isOpen && !isSeeding && wanted?.isSent !== true && relayKnows < known) {
      isSeeding = true;
      readSeed();
    }
  }

  function noteRelayHas(sequence: number): void {
    heardTo = Math.max(heardTo, sequence);
    relayKnows = Math.max(relayKnows, sequence);
    known = Math.max(known, sequence);
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
      known = logSequence ?? Math.max(known, heldElsewhere);
      heardTo = known;
      heldElsewhere = -1;
      isSeeding = false;
      isOpen = false;
      if (wanted !== undefined) {
        wanted.isSent = false;
      }
    },
    seed(sequence) {
      known = Math.max(known, heldElsewhere);
      heardTo = known;
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
      if (from !== heardTo + 1) {
        return false;
      }
      if (entries.length > 0) {
        noteRelayHas(heardTo + entries.length);
        emit({ type: 'receive_entries', scopeId, from, entries });
      }
      if (isOpen && isSeeding && relayKnows >= known) {
        isSeeding = false;
        sendWanted();
      }
      if (wanted !== undefined && !wanted.isSent && wanted.sequence <= known) {
        const same = entries[wanted.sequence - from];
        settle(same !== undefined && equalBytes(same, wanted.entry));
      }
      return true;
    },
    held(logSequence) {
      if (isOpen) {
        known = Math.max(known, logSequence);
        seedMore();
      } else {
        heldElsewhere = Math.max(heldElsewhere, logSequence);
      }
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
      relayKnows = Math.max(relayKnows, heardTo);
      known = Math.max(known, heldElsewhere);
      seedMore();
      sendWanted();
    },
    appended(sequence) {
      if (isSeeding) {
        relayKnows = Math.max(relayKnows, sequence);
        isSeeding = relayKnows < known;
        heardTo = isOpen ? Math.max(heardTo, sequence) : heardTo;
        if (isSeeding && relayKnows >= seedSentTo) {
          readSeed();
        } else if (!isSeeding) {
          sendWanted();
        }
      } else if (wanted?.isSent === true && wanted.sequence === sequence) {
        noteRelayHas(sequence);
        // Handed out like any other: whoever wanted it may have given up waiting meanwhile.
        emit({ type: 'receive_entries', scopeId, from: sequence, entries: [wanted.entry] });
        settle(true);
        seedMore();
      }
    },
    refused() {
      const wasWanted = !isSeeding && wanted?.isSent === true;
      if (wasWanted) {
        settle(false);
        seedMore();
      }
      return wasWanted;
    },
  };
}
