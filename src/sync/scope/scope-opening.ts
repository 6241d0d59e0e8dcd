import type { DeviceId } from '../../base/ids.ts';
import type { EntryFlow } from './entry-flow.ts';
import type { Frontier, RelayMessage } from '../wire/messages.ts';
import { lossOf, relayViewOf } from '../ground/relay-view.ts';
import type { ScopeView, SessionEffect } from '../ground/session.ts';

/** How one scope is opened on one connection: what the relay lacks of the membership log, then one hello. */
export interface ScopeOpening {
  readonly phase: 'idle' | 'seeding' | 'asked' | 'open' | 'refused';
  /** What the disk held when the connection began. */
  readonly view: ScopeView;
  /** A connection ended or begins. */
  reset(view: ScopeView | undefined): void;
  /** Authenticated; the relay's log of this scope ends at this position, -1 when it has none. */
  begin(relayLogSequence: number): void;
  /** Once more, from where the relay's log ended. */
  beginAgain(): void;
  /** The relay stored a membership entry. */
  entryAppended(sequence: number): void;
  /** The relay's answer to hello; a reason when it breaks the protocol. */
  answered(message: Extract<RelayMessage, { type: 'state' }>): string | undefined;
  /** The relay does not let this device in. */
  refused(): void;
}

export function createScopeOpening(
  first: ScopeView,
  self: DeviceId,
  entries: Pick<EntryFlow, 'known' | 'isSeeding' | 'seed' | 'receive' | 'appended'>,
  emit: (effect: SessionEffect) => void,
): ScopeOpening {
  const { scopeId } = first;
  let view = first;
  let phase: ScopeOpening['phase'] = 'idle';
  /** Where the relay's log ended when this connection began. */
  let begunAt = -1;

  function hello(): void {
    phase = 'asked';
    const frontier = frontierFor(view, self);
    emit({ type: 'send', message: { type: 'hello', scopeId, frontier, logSequence: entries.known } });
  }

  function begin(relayLogSequence: number): void {
    phase = 'seeding';
    begunAt = relayLogSequence;
    if (!entries.seed(relayLogSequence)) {
      hello();
    }
  }

  return {
    get phase() {
      return phase;
    },
    get view(): ScopeView {
      return view;
    },
    reset(next) {
      view = next ?? view;
      phase = 'idle';
    },
    begin,
    beginAgain: () => begin(begunAt),
    entryAppended(sequence) {
      entries.appended(sequence);
      if (phase === 'seeding' && !entries.isSeeding) {
        hello();
      }
    },
    answered(message) {
      if (phase !== 'asked') {
        return 'the relay answered a hello that was not asked';
      }
      if (message.logSequence < entries.known || !entries.receive(entries.known + 1, message.entries)) {
        return 'the relay holds fewer membership entries than it just said';
      }
      phase = 'open';
      const relayView = relayViewOf(view, self, message);
      const loss = lossOf(view, self, { ...relayView, logSequence: begunAt });
      if (loss !== undefined) {
        emit({ type: 'relay_behind', scopeId, ...loss });
      }
      emit({ type: 'relay_seen', scopeId, relayView });
      return undefined;
    },
    refused() {
      phase = 'refused';
    },
  };
}

/** Of the own chain only what this relay confirmed: anything else it has of it comes back, also after a restored copy. */
function frontierFor(view: ScopeView, self: DeviceId): Frontier {
  const frontier: Record<DeviceId, Frontier[DeviceId]> = { ...view.frontier };
  delete frontier[self];
  if (view.confirmed !== null) {
    frontier[self] = [view.confirmed.sequence, view.confirmed.batchId];
  }
  return frontier;
}
