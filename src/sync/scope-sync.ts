import type { DeviceId } from '../base/ids.ts';
import { createDeliveryWindow } from './delivery-window.ts';
import { type EntryFlow, createEntryFlow } from './entry-flow.ts';
import { createForwardingWatch } from './forwarding-watch.ts';
import type { Frontier, RelayMessage } from './messages.ts';
import { type PushWindow, createPushWindow } from './push-window.ts';
import { lossOf, relayViewOf } from './relay-view.ts';
import { type SeedWindow, createSeedWindow } from './seed-window.ts';
import type { ScopeSyncState, ScopeView, SessionEffect, SessionOptions } from './session.ts';

type State = Extract<RelayMessage, { type: 'state' }>;
type Deliver = Extract<RelayMessage, { type: 'deliver' }>;
type RelayError = Extract<RelayMessage, { type: 'error' }>;
type OwnBatches = Parameters<PushWindow['ownBatches']>[0];

/** After a refusal that its operator may lift (no room, no leave to found), how long until the relay is asked again. */
const refusalRetryMs = 60_000;

/** One scope on one connection: entries first, then hello, then pushes, seeds and deliveries side by side. */
export interface ScopeSync {
  readonly state: ScopeSyncState;
  /** The relay has answered the hello of this connection. */
  readonly isOpen: boolean;
  readonly entries: EntryFlow;
  readonly pushes: Pick<PushWindow, 'appended' | 'raise' | 'acknowledged'>;
  readonly seeds: Pick<SeedWindow, 'chainBatches'>;
  /** A connection ended or begins: what was under way is forgotten. */
  reset(view: ScopeView | undefined): void;
  /** Authenticated; the relay's log of this scope ends at this position, -1 when it has none. */
  begin(relayLogSequence: number): void;
  /** Membership entries came from elsewhere; a relay that refused the scope for lack of them is asked again. */
  entriesHeld(logSequence: number): void;
  /** The relay stored a membership entry. */
  entryAppended(sequence: number): void;
  /** The relay's answer to hello; a reason when it breaks the protocol. */
  opened(message: State): string | undefined;
  ownBatches(batches: OwnBatches): void;
  /** The relay confirmed own batches; a reason when it breaks the protocol. */
  acknowledged(sequence: number): string | undefined;
  /** The relay confirmed another device's batches; a reason when it breaks the protocol. */
  seeded(deviceId: DeviceId, sequence: number): string | undefined;
  /** A reason when the relay breaks the protocol. */
  deliver(message: Deliver, handle: number, nowMs: number): string | undefined;
  committed(handle: number): void;
  /** A reason when the connection must start over. */
  refused(error: RelayError, nowMs: number): string | undefined;
  tick(nowMs: number): void;
}

type Phase = 'idle' | 'seeding' | 'asked' | 'open' | 'refused';
/** behind: the relay's own chain of this device is longer or another; it comes back as deliveries before pushes go on. */
type OwnChain = 'same' | 'behind' | 'complete';

export function createScopeSync(
  first: ScopeView,
  { self, registrationToken = null }: Pick<SessionOptions, 'self' | 'registrationToken'>,
  emit: (effect: SessionEffect) => void,
): ScopeSync {
  const { scopeId } = first;
  const entries = createEntryFlow(scopeId, first.logSequence, emit, registrationToken);
  const pushes = createPushWindow(scopeId, emit);
  const seeds = createSeedWindow(scopeId, emit);
  const deliveries = createDeliveryWindow(scopeId, emit);
  const forwarding = createForwardingWatch();
  let view = first;
  let phase: Phase = 'idle';
  let ownChain: OwnChain = 'same';
  /** Own batches that make the relay whole; undefined once that was told. */
  let wholeAt: number | undefined;
  let refusal: ScopeSyncState['refused'];
  /** The last refusal, until the relay takes something again: it stands also while it is asked once more. */
  let standing: ScopeSyncState['refused'];
  let retryAtMs = Number.POSITIVE_INFINITY;
  /** Where the relay's log ended when this connection began. */
  let begunAt = -1;

  function hello(): void {
    phase = 'asked';
    const frontier: Record<DeviceId, Frontier[DeviceId]> = { ...view.frontier };
    // Of the own chain only what this relay confirmed: anything else it has of it comes back, also after a restored copy.
    delete frontier[self];
    if (view.confirmed !== null) {
      frontier[self] = [view.confirmed.sequence, view.confirmed.batchId];
    }
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
    ownChain = 'same';
    wholeAt = undefined;
    refusal = undefined;
    standing = undefined;
    retryAtMs = Number.POSITIVE_INFINITY;
    entries.reset(next?.logSequence);
    pushes.reset();
    seeds.reset();
    forwarding.reset();
    deliveries.open();
    if (next !== undefined) {
      pushes.restart(next.ownHead?.sequence ?? 0, next.confirmed?.sequence ?? 0);
    }
  }

  /** Pushes begin where the relay's copy of the own chain ends, when it is a beginning of the one here. */
  function openPushes(relayHead: State['ownHead']): void {
    const [sequence, batchId] = relayHead ?? [0, undefined];
    const known = [view.ownHead, view.confirmed].find((head) => head?.sequence === sequence);
    if (batchId === undefined || known?.batchId === batchId) {
      pushes.open(sequence);
    } else if (known !== undefined && known !== null) {
      ownChainDiffers(sequence);
    } else if (sequence > pushes.head) {
      ownChainDiffers(sequence);
    } else {
      pushes.openWhenSame({ sequence, batchId });
    }
  }

  function ownChainDiffers(relayHead: number): void {
    ownChain = 'behind';
    pushes.stop();
    emit({ type: 'own_chain_behind', scopeId, relayHead });
    tellComplete();
  }

  function tellCaughtUp(): void {
    if (deliveries.caughtUp) {
      emit({ type: 'caught_up', scopeId });
      tellComplete();
    }
  }

  function tellComplete(): void {
    if (ownChain === 'behind' && deliveries.caughtUp) {
      ownChain = 'complete';
      emit({ type: 'own_chain_complete', scopeId });
    }
  }

  function tellWhole(): void {
    const isWhole = wholeAt !== undefined && pushes.acknowledged >= wholeAt && ownChain === 'same';
    if (isWhole && seeds.isDone && seeds.isWhole) {
      wholeAt = undefined;
      emit({ type: 'relay_whole', scopeId });
    }
  }

  reset(first);
  return {
    entries,
    pushes,
    seeds,
    get state(): ScopeSyncState {
      const { acknowledged, inFlight } = pushes;
      const caughtUp = phase === 'open' && deliveries.caughtUp;
      return { caughtUp, acknowledged, inFlight, ...(standing === undefined ? {} : { refused: standing }) };
    },
    get isOpen() {
      return phase === 'open';
    },
    reset,
    begin,
    entriesHeld(logSequence) {
      const isNews = logSequence > entries.known;
      entries.held(logSequence);
      if (isNews && phase === 'refused') {
        refusal = undefined;
        standing = undefined;
        retryAtMs = Number.POSITIVE_INFINITY;
        begin(begunAt);
      }
    },
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
      standing = undefined;
      const relayView = relayViewOf(view, self, message);
      const loss = lossOf(view, self, { ...relayView, logSequence: begunAt });
      if (loss !== undefined) {
        emit({ type: 'relay_behind', scopeId, ...loss });
      }
      emit({ type: 'relay_seen', scopeId, relayView });
      wholeAt = view.ownHead?.sequence ?? 0;
      openPushes(message.ownHead);
      seeds.open(view.frontier, message.behind);
      entries.sendWanted();
      tellWhole();
      return undefined;
    },
    ownBatches(batches) {
      if (pushes.ownBatches(batches) === 'other') {
        ownChainDiffers(pushes.head);
      }
      tellWhole();
    },
    acknowledged(sequence) {
      if (!pushes.acknowledge(sequence)) {
        return 'the relay confirmed a batch that was never sent';
      }
      standing = refusal;
      emit({ type: 'acknowledged', scopeId, sequence: pushes.acknowledged });
      tellWhole();
      return undefined;
    },
    seeded(deviceId, sequence) {
      if (!seeds.seeded(deviceId, sequence)) {
        return "the relay confirmed another device's batch that was never sent";
      }
      standing = refusal;
      emit({ type: 'seeded', scopeId, deviceId, sequence });
      tellWhole();
      return undefined;
    },
    deliver(message, handle, nowMs) {
      if (message.batches.length > 0) {
        forwarding.delivered(nowMs);
      }
      if (!deliveries.deliver(message, handle)) {
        return 'the relay broke the order of its deliveries';
      }
      if (message.batches.length === 0) {
        tellCaughtUp();
      }
      return undefined;
    },
    committed(handle) {
      deliveries.committed(handle);
      tellCaughtUp();
    },
    refused(error, nowMs) {
      const { code, message: reason, about } = error;
      if (about === 'entry' && entries.refused()) {
        return undefined;
      }
      if (about === 'seed' && code !== 'E_QUOTA') {
        // The relay holds another end of that chain, or none of it may be there: others go on.
        seeds.refused();
        return undefined;
      }
      if (about === 'push' && code === 'E_CONFLICT') {
        // Batches that were under way behind a refused one find a gap; only without such a refusal it is a surprise.
        return refusal === undefined ? `the relay lost the order of the own batches: ${reason}` : undefined;
      }
      refusal ??= { code, reason };
      standing = refusal;
      if (about === 'push' || about === 'seed') {
        pushes.stop();
        seeds.stop();
        retryAtMs = code === 'E_QUOTA' ? nowMs + refusalRetryMs : retryAtMs;
      } else {
        phase = 'refused';
        pushes.stop();
        retryAtMs = about === 'entry' ? nowMs + refusalRetryMs : retryAtMs;
      }
      return undefined;
    },
    tick(nowMs) {
      if (forwarding.isStuck(pushes, nowMs)) {
        emit({ type: 'not_forwarded', scopeId, sequence: pushes.acknowledged + 1 });
      }
      if (nowMs < retryAtMs) {
        return;
      }
      retryAtMs = Number.POSITIVE_INFINITY;
      refusal = undefined;
      if (phase !== 'open') {
        begin(begunAt);
        return;
      }
      seeds.resume();
      if (ownChain === 'same') {
        pushes.open(pushes.acknowledged);
      }
      standing = pushes.acknowledged >= pushes.head && seeds.isDone ? undefined : standing;
    },
  };
}
