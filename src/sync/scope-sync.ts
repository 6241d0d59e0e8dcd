import { type DeliveryWindow, createDeliveryWindow } from './delivery-window.ts';
import { type EntryFlow, createEntryFlow } from './entry-flow.ts';
import type { RelayMessage } from './messages.ts';
import { type PushWindow, createPushWindow } from './push-window.ts';
import type { ScopeSyncState, ScopeView, SessionEffect } from './session.ts';

type State = Extract<RelayMessage, { type: 'state' }>;
type RelayError = Extract<RelayMessage, { type: 'error' }>;

/** After a refusal that its operator may lift (no room, no leave to found), how long until the relay is asked again. */
const refusalRetryMs = 60_000;

/** One scope on one connection: entries first, then hello, then pushes and deliveries side by side. */
export interface ScopeSync {
  readonly state: ScopeSyncState;
  readonly entries: EntryFlow;
  readonly pushes: PushWindow;
  readonly deliveries: DeliveryWindow;
  /** A connection ended or begins: what was under way is forgotten. */
  reset(view: ScopeView | undefined): void;
  /** Authenticated; the relay's log of this scope ends at this position, -1 when it has none. */
  begin(relayLogSequence: number): void;
  /** The relay stored a membership entry. */
  entryAppended(sequence: number): void;
  /** The relay's answer to hello; a reason when it breaks the protocol. */
  opened(message: State): string | undefined;
  /** A reason when the connection must start over. */
  refused(error: RelayError, nowMs: number): string | undefined;
  tick(nowMs: number): void;
}

type Phase = 'idle' | 'seeding' | 'asked' | 'open' | 'refused';

export function createScopeSync(
  first: ScopeView,
  emit: (effect: SessionEffect) => void,
  registrationToken: string | null,
): ScopeSync {
  const { scopeId } = first;
  const entries = createEntryFlow(scopeId, first.logSequence, emit, registrationToken);
  const pushes = createPushWindow(scopeId, emit);
  const deliveries = createDeliveryWindow(scopeId, emit);
  let view = first;
  let phase: Phase = 'idle';
  let refusal: ScopeSyncState['refused'];
  let retryAtMs = Number.POSITIVE_INFINITY;
  /** Where the relay's log ended when this connection began. */
  let begunAt = -1;

  function hello(): void {
    phase = 'asked';
    const { frontier } = view;
    emit({ type: 'send', message: { type: 'hello', scopeId, frontier, logSequence: entries.known } });
  }

  function begin(relayLogSequence: number): void {
    phase = 'seeding';
    begunAt = relayLogSequence;
    if (!entries.seed(relayLogSequence)) {
      hello();
    }
  }

  function reset(next: ScopeView | undefined): void {
    view = next ?? view;
    phase = 'idle';
    refusal = undefined;
    retryAtMs = Number.POSITIVE_INFINITY;
    entries.reset(next?.logSequence);
    pushes.reset();
    deliveries.open();
    pushes.raise(view.ownHead?.sequence ?? 0);
  }

  reset(first);
  return {
    entries,
    pushes,
    deliveries,
    get state(): ScopeSyncState {
      const { acknowledged, inFlight } = pushes;
      const caughtUp = phase === 'open' && deliveries.caughtUp;
      return { caughtUp, acknowledged, inFlight, ...(refusal === undefined ? {} : { refused: refusal }) };
    },
    reset,
    begin,
    entryAppended(sequence) {
      entries.appended(sequence);
      if (phase === 'seeding' && !entries.isSeeding) {
        hello();
      }
    },
    opened(message) {
      if (phase !== 'asked') {
        return 'the relay answered a hello that was not asked';
      }
      if (message.logSequence < entries.known || !entries.receive(entries.known + 1, message.entries)) {
        return 'the relay holds fewer membership entries than it just said';
      }
      phase = 'open';
      const relayHead = message.ownHead?.[0] ?? 0;
      const { ownHead } = view;
      const confirmed = Math.max(view.acknowledged ?? 0, pushes.acknowledged);
      const isForked = ownHead?.sequence === relayHead && ownHead.batchId !== message.ownHead?.[1];
      if (relayHead > pushes.head || isForked) {
        emit({ type: 'own_chain_behind', scopeId, relayHead });
      }
      if (relayHead < confirmed) {
        emit({ type: 'relay_behind', scopeId, acknowledged: confirmed, relayHead });
      }
      if (!isForked) {
        pushes.open(relayHead);
      }
      entries.sendWanted();
      return undefined;
    },
    refused(error, nowMs) {
      const { code, message: reason, about } = error;
      if (about === 'entry' && entries.refused()) {
        return undefined;
      }
      if (about === 'push' && code === 'E_CONFLICT') {
        // Batches that were under way behind a refused one find a gap; only without such a refusal it is a surprise.
        return refusal === undefined ? `the relay lost the order of the own batches: ${reason}` : undefined;
      }
      refusal ??= { code, reason };
      if (about === 'push') {
        pushes.stop();
        retryAtMs = code === 'E_QUOTA' ? nowMs + refusalRetryMs : retryAtMs;
      } else {
        phase = 'refused';
        pushes.stop();
        retryAtMs = about === 'entry' ? nowMs + refusalRetryMs : retryAtMs;
      }
      return undefined;
    },
    tick(nowMs) {
      if (nowMs < retryAtMs) {
        return;
      }
      retryAtMs = Number.POSITIVE_INFINITY;
      refusal = undefined;
      if (phase === 'open') {
        pushes.open(pushes.acknowledged);
      } else {
        begin(begunAt);
      }
    },
  };
}
