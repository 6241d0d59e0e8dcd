import type { ScopeId } from '../../base/ids.ts';
import { type EntrySeeding, createEntrySeeding } from './entry-seeding.ts';
import { type LogPositions, createLogPositions } from '../ground/log-positions.ts';
import type { SessionEffect } from '../ground/session.ts';
import { type WantedEntry, createWantedEntry } from './wanted-entry.ts';

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

interface Parts {
  readonly scopeId: ScopeId;
  readonly emit: (effect: SessionEffect) => void;
  readonly positions: LogPositions;
  readonly seeding: EntrySeeding;
  readonly wanted: WantedEntry;
  /** The relay has answered the hello. */
  isOpen: boolean;
}

/** `registrationToken` goes along with the founding entry alone. */
export function createEntryFlow(
  scopeId: ScopeId,
  first: number,
  emit: (effect: SessionEffect) => void,
  registrationToken: string | null,
): EntryFlow {
  const append = (sequence: number, entry: Uint8Array, isNew: boolean): void => {
    const token = sequence === 0 ? registrationToken : null;
    emit({ type: 'send', message: { type: 'append_entry', scopeId, sequence, token, isNew, entry } });
  };
  const positions = createLogPositions(first);
  const seeding = createEntrySeeding(scopeId, positions, emit, append);
  const wanted = createWantedEntry(scopeId, emit, append);
  const parts: Parts = { scopeId, emit, positions, seeding, wanted, isOpen: false };

  return {
    get known(): number {
      return positions.known;
    },
    get isSeeding(): boolean {
      return seeding.isUnderWay;
    },
    reset(logSequence) {
      positions.restart(logSequence);
      seeding.reset();
      parts.isOpen = false;
      wanted.unsend();
    },
    seed(sequence) {
      positions.begin(sequence);
      seeding.begin();
      return seeding.isUnderWay;
    },
    ownEntries: seeding.ownEntries,
    receive: (from, entries) => receive(parts, from, entries),
    held(logSequence) {
      positions.held(logSequence, parts.isOpen);
      seedMore(parts);
    },
    want(sequence, entry) {
      if (wanted.want(sequence, entry)) {
        sendWanted(parts);
      }
    },
    sendWanted() {
      parts.isOpen = true;
      positions.open();
      seedMore(parts);
      sendWanted(parts);
    },
    appended: (sequence) => appended(parts, sequence),
    refused() {
      const wasWanted = !seeding.isUnderWay && wanted.isSent;
      if (wasWanted) {
        wanted.settle(false);
        seedMore(parts);
      }
      return wasWanted;
    },
  };
}

/** One thing at a time: a refusal says only that it is about an entry. */
function sendWanted({ isOpen, seeding, wanted, positions }: Parts): void {
  if (isOpen && !seeding.isUnderWay) {
    wanted.send(positions.known);
  }
}

function seedMore({ isOpen, seeding, wanted }: Parts): void {
  if (isOpen && !seeding.isUnderWay && !wanted.isSent) {
    seeding.begin();
  }
}

function receive(parts: Parts, from: number, entries: readonly Uint8Array[]): boolean {
  const { scopeId, emit, positions, seeding, wanted } = parts;
  if (from !== positions.heardTo + 1) {
    return false;
  }
  if (entries.length > 0) {
    positions.relayHas(positions.heardTo + entries.length);
    emit({ type: 'receive_entries', scopeId, from, entries });
  }
  if (parts.isOpen && seeding.endIfDone()) {
    sendWanted(parts);
  }
  wanted.lookAmong(entries, from, positions.known);
  return true;
}

function appended(parts: Parts, sequence: number): void {
  const { scopeId, emit, positions, seeding, wanted } = parts;
  if (seeding.isUnderWay) {
    positions.relayStored(sequence, parts.isOpen);
    seeding.goOn();
    sendWanted(parts);
    return;
  }
  const entry = wanted.sentAs(sequence);
  if (entry !== undefined) {
    positions.relayHas(sequence);
    // Handed out like any other: whoever wanted it may have given up waiting meanwhile.
    emit({ type: 'receive_entries', scopeId, from: sequence, entries: [entry] });
    wanted.settle(true);
    seedMore(parts);
  }
}
