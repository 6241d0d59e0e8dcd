import type { DeviceId } from '../../base/ids.ts';
import { createDeliveryWindow } from './delivery-window.ts';
import { type EntryFlow, createEntryFlow } from './entry-flow.ts';
import { createForwardingWatch } from './forwarding-watch.ts';
import type { RelayMessage } from '../wire/messages.ts';
import type { PushWindow } from './push-window.ts';
import { type ScopeOpening, createScopeOpening } from './scope-opening.ts';
import { type ScopeOutgoing, createScopeOutgoing } from './scope-outgoing.ts';
import { type ScopeRefusals, createScopeRefusals } from './scope-refusals.ts';
import type { SeedWindow } from './seed-window.ts';
import type { ScopeSyncState, ScopeView, SessionEffect, SessionOptions } from '../ground/session.ts';

type State = Extract<RelayMessage, { type: 'state' }>;
type Deliver = Extract<RelayMessage, { type: 'deliver' }>;
type RelayError = Extract<RelayMessage, { type: 'error' }>;
type OwnBatches = Parameters<PushWindow['ownBatches']>[0];

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

/** What a scope on one connection is made of, but for what comes in. */
interface Parts {
  readonly entries: EntryFlow;
  readonly opening: ScopeOpening;
  readonly outgoing: ScopeOutgoing;
  readonly refusals: ScopeRefusals;
}

export function createScopeSync(
  first: ScopeView,
  { self, registrationToken = null }: Pick<SessionOptions, 'self' | 'registrationToken'>,
  emit: (effect: SessionEffect) => void,
): ScopeSync {
  const { scopeId } = first;
  const entries = createEntryFlow(scopeId, first.logSequence, emit, registrationToken);
  const opening = createScopeOpening(first, self, entries, emit);
  const deliveries = createDeliveryWindow(scopeId, emit);
  const outgoing = createScopeOutgoing(scopeId, deliveries, emit);
  const refusals = createScopeRefusals();
  const parts: Parts = { entries, opening, outgoing, refusals };
  const forwarding = createForwardingWatch();
  const { pushes, seeds, ownBatches } = outgoing;
  const isOpen = (): boolean => opening.phase === 'open';

  function reset(next: ScopeView | undefined): void {
    opening.reset(next);
    refusals.reset();
    entries.reset(next?.logSequence);
    outgoing.reset(next);
    forwarding.reset();
    deliveries.open();
  }

  function tellCaughtUp(): void {
    if (deliveries.caughtUp) {
      emit({ type: 'caught_up', scopeId });
      outgoing.caughtUp();
    }
  }

  reset(first);
  return {
    ...{ entries, pushes, seeds, reset, ownBatches, begin: opening.begin, entryAppended: opening.entryAppended },
    get state(): ScopeSyncState {
      return stateOf(parts, isOpen() && deliveries.caughtUp);
    },
    get isOpen(): boolean {
      return isOpen();
    },
    entriesHeld: (logSequence) => entriesHeld(parts, logSequence),
    opened: (message) => opened(parts, message),
    acknowledged: (sequence) =>
      taken(refusals, outgoing.acknowledged(sequence), 'the relay confirmed a batch that was never sent'),
    seeded: (deviceId, sequence) =>
      taken(
        refusals,
        outgoing.seeded(deviceId, sequence),
        "the relay confirmed another device's batch that was never sent",
      ),
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
    refused: (error, nowMs) => refused(parts, error, nowMs),
    tick(nowMs) {
      if (forwarding.isStuck(pushes, nowMs)) {
        emit({ type: 'not_forwarded', scopeId, sequence: pushes.acknowledged + 1 });
      }
      if (refusals.isRetryDue(nowMs)) {
        askAgain(parts);
      }
    },
  };
}

function stateOf({ outgoing, refusals }: Parts, caughtUp: boolean): ScopeSyncState {
  const { acknowledged, inFlight } = outgoing.pushes;
  const { standing } = refusals;
  return { caughtUp, acknowledged, inFlight, ...(standing === undefined ? {} : { refused: standing }) };
}

function entriesHeld({ entries, opening, refusals }: Parts, logSequence: number): void {
  const isNews = logSequence > entries.known;
  entries.held(logSequence);
  if (isNews && opening.phase === 'refused') {
    refusals.reset();
    opening.beginAgain();
  }
}

function opened({ entries, opening, outgoing, refusals }: Parts, message: State): string | undefined {
  const fault = opening.answered(message);
  if (fault === undefined) {
    refusals.lift();
    outgoing.open(opening.view, message);
    entries.sendWanted();
    outgoing.tellWhole();
  }
  return fault;
}

/** A relay that took something refuses no more; one that confirms what it cannot have breaks the protocol. */
function taken(refusals: ScopeRefusals, isKnown: boolean, fault: string): string | undefined {
  if (!isKnown) {
    return fault;
  }
  refusals.taken();
  return undefined;
}

function refused(parts: Parts, { code, message: reason, about }: RelayError, nowMs: number): string | undefined {
  const { entries, opening, outgoing, refusals } = parts;
  if (about === 'entry' && entries.refused()) {
    return undefined;
  }
  if (about === 'seed' && code !== 'E_QUOTA') {
    // The relay holds another end of that chain, or none of it may be there: others go on.
    outgoing.seeds.refused();
    return undefined;
  }
  if (about === 'push' && code === 'E_CONFLICT') {
    // Batches that were under way behind a refused one find a gap; only without such a refusal it is a surprise.
    return refusals.isRefused ? undefined : `the relay lost the order of the own batches: ${reason}`;
  }
  refusals.add({ code, reason });
  outgoing.pushes.stop();
  const isOfBatches = about === 'push' || about === 'seed';
  if (isOfBatches) {
    outgoing.seeds.stop();
  } else {
    opening.refused();
  }
  if (isOfBatches ? code === 'E_QUOTA' : about === 'entry') {
    refusals.retryLater(nowMs);
  }
  return undefined;
}

/** The operator of the relay may have lifted what it refused. */
function askAgain({ opening, outgoing, refusals }: Parts): void {
  if (opening.phase !== 'open') {
    opening.beginAgain();
    return;
  }
  outgoing.resume();
  if (outgoing.isDone) {
    refusals.lift();
  }
}
