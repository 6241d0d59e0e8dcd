import { equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { SessionEffect } from '../ground/session.ts';

/** The membership entry that this device wants to add: one at a time, and settled exactly once. */
export interface WantedEntry {
  /** It is under way on this connection. */
  readonly isSent: boolean;
  /** False, and settled at once, while another one waits. */
  want(sequence: number, entry: Uint8Array): boolean;
  /** Sends it if it waits, unless its place is taken. */
  send(known: number): void;
  /** The connection is over. */
  unsend(): void;
  /** Others came to stand where it wanted to: it may be among them all the same. */
  lookAmong(entries: readonly Uint8Array[], from: number, known: number): void;
  /** The entry, where it is under way for this position. */
  sentAs(sequence: number): Uint8Array | undefined;
  settle(accepted: boolean): void;
}

export function createWantedEntry(
  scopeId: ScopeId,
  emit: (effect: SessionEffect) => void,
  append: (sequence: number, entry: Uint8Array, isNew: boolean) => void,
): WantedEntry {
  let wanted: { readonly sequence: number; readonly entry: Uint8Array; isSent: boolean } | undefined;

  function settle(accepted: boolean): void {
    if (wanted !== undefined) {
      const { sequence } = wanted;
      wanted = undefined;
      emit({ type: 'entry_settled', scopeId, sequence, accepted });
    }
  }

  return {
    get isSent(): boolean {
      return wanted?.isSent === true;
    },
    want(sequence, entry) {
      if (wanted !== undefined) {
        emit({ type: 'entry_settled', scopeId, sequence, accepted: false });
        return false;
      }
      wanted = { sequence, entry, isSent: false };
      return true;
    },
    send(known) {
      if (wanted === undefined || wanted.isSent) {
        return;
      }
      if (wanted.sequence <= known) {
        settle(false);
      } else {
        wanted.isSent = true;
        append(wanted.sequence, wanted.entry, true);
      }
    },
    unsend() {
      if (wanted !== undefined) {
        wanted.isSent = false;
      }
    },
    lookAmong(entries, from, known) {
      if (wanted !== undefined && !wanted.isSent && wanted.sequence <= known) {
        const same = entries[wanted.sequence - from];
        settle(same !== undefined && equalBytes(same, wanted.entry));
      }
    },
    sentAs: (sequence) => (wanted?.isSent === true && wanted.sequence === sequence ? wanted.entry : undefined),
    settle,
  };
}
