import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { StalledChains } from '../lists/stalled-chains.ts';
import type { AlarmList } from '../names/alarm.ts';
import type { Checkpoints } from '../lists/checkpoints.ts';
import type { ClaimedHeads } from '../lists/claimed-heads.ts';
import type { Passes } from '../lists/collect-passes.ts';
import type { Confirmed } from '../lists/confirmed.ts';
import type { FrontierDeltas } from '../lists/frontier-deltas.ts';
import type { HoldList } from '../lists/holds.ts';
import type { Intake } from '../lists/intake.ts';
import type { Wakes } from '../lists/wakes.ts';
import type { Journal } from '../lists/journal.ts';
import type { LateList } from '../lists/late-list.ts';
import type { LeaseRegistry } from '../lists/lease-registry.ts';
import type { LogReader } from '../lists/log-reader.ts';
import type { Moves } from '../lists/move-state.ts';
import type { RejectedBatches } from '../lists/rejected-batches.ts';
import type { PolicyView } from '../lists/policy-view.ts';
import type { LossWindows } from '../lists/loss-windows.ts';
import type { Past } from '../lists/past.ts';
import type { ReplicaDeps } from './deps.ts';
import type { Scopes } from '../lists/scopes.ts';
import type { Turn } from '../lists/turn.ts';
import type { Waiting } from '../lists/waiting.ts';
import { DoneAgain } from '../names/done-again.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';

/** Remembers what transactions write, and takes back what a failed one wrote. */
export interface Participant {
  forget(): void;
}

/** What every part of the replica works with. */
export interface Core extends ReplicaDeps {
  /** Every part that remembers. */
  readonly participants: readonly Participant[];
  readonly self: DeviceId;
  readonly scopes: Scopes;
  readonly journal: Journal;
  readonly checkpoints: Checkpoints;
  readonly reader: LogReader;
  readonly alarms: AlarmList;
  readonly frontierDeltas: FrontierDeltas;
  readonly claimedHeads: ClaimedHeads;
  readonly confirmed: Confirmed;
  readonly brake: Brake;
  readonly turn: Turn;
  readonly windows: LossWindows;
  readonly holds: HoldList;
  readonly past: Past;
  readonly leases: LeaseRegistry;
  readonly moves: Moves;
  readonly late: LateList;
  readonly passes: Passes;
  readonly rejectedBatches: RejectedBatches;
  readonly waiting: Waiting;
  readonly policy: PolicyView;
  readonly stalledChains: StalledChains;
  readonly forks: OwnForks;
  readonly intake: Intake;
  readonly wakes: Wakes;
  /** True for a change that was here before decisions had the laws that they have. */
  readonly isOld: (change: LoggedChange) => boolean;
  /** True for a change that was here before files that run by themselves waited for a person. */
  readonly isUngated: (change: LoggedChange) => boolean;
  /** This process: what it begins to write into shared documents, no other goes on with. */
  readonly processEpoch: { readonly id: string; readonly runs: Set<number> };
  /** Own changes of the transaction under way, which the log does not hold before they are sealed. */
  readonly unsealed: Map<ChangeId, LoggedChange>;
  /** Events of the transaction under way; told to the listener once it is durable. */
  readonly pendingEvents: SyncEvent[];
}

/**
 * Runs one user action as one transaction; `believe` changes memory once it is durable, and only then it is told of.
 * `work` may run more than once: where the brake finds at its end what it had to know before, nothing of it remains.
 */
export function commit<T>(core: Core, work: () => T, believe: () => void = () => undefined): T {
  for (let isAgain = false; ; isAgain = true) {
    const done = attempt(core, work, isAgain);
    if (done !== 'again') {
      core.unsealed.clear();
      core.brake.done(core);
      believe();
      for (const event of core.pendingEvents.splice(0)) {
        core.listener.event(event);
      }
      if (done.isPending) {
        core.listener.pending?.();
      }
      return done.result;
    }
  }
}

/** True where something of what came is to be judged by a later transaction. */
export function isLeft({ intake, wakes }: Pick<Core, 'intake' | 'wakes'>): boolean {
  return intake.list().length > 0 || wakes.list().length > 0;
}

interface Done<T> {
  readonly result: T;
  /** Records of a batch are left to be judged. Read inside the transaction: afterwards nothing may fail any more. */
  readonly isPending: boolean;
}

function attempt<T>(core: Core, work: () => T, isAgain: boolean): Done<T> | 'again' {
  begin(core);
  const whole = (): Done<T> => {
    core.brake.open(core, isAgain);
    const result = work();
    core.brake.close(core);
    return { result, isPending: isLeft(core) };
  };
  try {
    return core.store.transaction(whole);
  } catch (cause) {
    forget(core);
    begin(core);
    if (cause instanceof DoneAgain) {
      return 'again';
    }
    throw cause;
  }
}

/** A transaction failed: what it wrote never was. */
function forget(core: Core): void {
  for (const participant of core.participants) {
    participant.forget();
  }
}

function begin(core: Core): void {
  core.intake.begin();
  core.pendingEvents.length = 0;
  core.unsealed.clear();
}

/**
 * Looks at what one transaction takes away from live records, at its end, when it is known: what counts is the difference
 * between what was live before and what is live then. Where that is too much, or a restore point belongs before it, the
 * attempt is taken back and done again: the changes that make the loss then stay without effect.
 */
export interface Brake {
  /** A transaction begins, for the first time or again. */
  open(core: Core, isAgain: boolean): void;
  /** Ends the transaction, or its attempt: throws {@link DoneAgain}. */
  close(core: Core): void;
  /** The transaction is durable. */
  done(core: Core): void;
}

/** Which changes are held because their device writes beside itself too often. */
export interface OwnForks {
  /** To be told of every change that is judged, whatever becomes of it, before anything else is asked. */
  meet(change: LoggedChange): void;
  /**
   * The answer follows from the device's own chain and from what its changes stand upon, so that it is the same on every
   * device and in every order. What is in step with its row costs nothing.
   */
  refusalOf(core: Core, change: LoggedChange, row: RecordRow | undefined): Refusal | undefined;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}
