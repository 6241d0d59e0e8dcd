import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { Store } from '../../store/ground/port.ts';
import type { HoldList } from '../lists/holds.ts';
import type { LossWindows } from '../lists/loss-windows.ts';
import type { Past } from '../lists/past.ts';
import type { Turn } from '../lists/turn.ts';
import { DoneAgain } from '../names/done-again.ts';
import type { Backlog } from './backlog.ts';
import type { Chains } from './chains.ts';
import type { ReplicaSettings } from './deps.ts';
import type { Logs } from './logs.ts';
import type { Notices } from './notices.ts';
import type { Rules } from './rules.ts';
import type { ThisDevice } from './this-device.ts';

/** What the replica works with, in parts: each function takes those that it needs. */
export interface Core extends Known {
  readonly notices: Notices;
  readonly backlog: Backlog;
  readonly guards: Guards;
  readonly chains: Chains;
}

/** What changes are judged by. Who takes no more than this tells nobody anything, wakes nothing and holds nothing back. */
export interface Known {
  readonly store: Store;
  readonly device: ThisDevice;
  readonly logs: Logs;
  readonly rules: Rules;
}

/**
 * What keeps a transaction from taking away what people have, and takes it back whole where it fails. It stands beside the
 * core because the brake looks at all of it.
 */
export interface Guards {
  readonly brake: Brake;
  readonly turn: Turn;
  readonly windows: LossWindows;
  readonly holds: HoldList;
  readonly past: Past;
  readonly forks: OwnForks;
  readonly brakeOf: ReplicaSettings['brakeOf'];
  /** Every part that remembers. */
  readonly participants: readonly Participant[];
}

/** Remembers what transactions write, and takes back what a failed one wrote. */
export interface Participant {
  forget(): void;
}

/**
 * Runs one user action as one transaction; `believe` changes memory once it is durable, and only then it is told of.
 * `work` may run more than once: where the brake finds at its end what it had to know before, nothing of it remains.
 */
export function commit<T>(core: Core, work: () => T, believe: () => void = () => undefined): T {
  for (let isAgain = false; ; isAgain = true) {
    const done = attempt(core, work, isAgain);
    if (done !== 'again') {
      core.logs.unsealed.clear();
      core.guards.brake.done(core);
      believe();
      for (const event of core.notices.pendingEvents.splice(0)) {
        core.notices.listener.event(event);
      }
      if (done.isPending) {
        core.notices.listener.pending?.();
      }
      return done.result;
    }
  }
}

/** True where something of what came is to be judged by a later transaction. */
export function isLeft({ intake, wakes }: Backlog): boolean {
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
    core.guards.brake.open(core, isAgain);
    const result = work();
    core.guards.brake.close(core);
    return { result, isPending: isLeft(core.backlog) };
  };
  try {
    return core.store.transaction(whole);
  } catch (cause) {
    forget(core.guards);
    begin(core);
    if (cause instanceof DoneAgain) {
      return 'again';
    }
    throw cause;
  }
}

/** A transaction failed: what it wrote never was. */
function forget({ participants }: Guards): void {
  for (const participant of participants) {
    participant.forget();
  }
}

function begin(core: Pick<Core, 'logs' | 'notices' | 'backlog'>): void {
  core.backlog.intake.begin();
  core.notices.pendingEvents.length = 0;
  core.logs.unsealed.clear();
}

/**
 * Looks at what one transaction takes away from live records, at its end, when it is known: what counts is the difference
 * between what was live before and what is live then. Where that is too much, or a restore point belongs before it, the
 * attempt is taken back and done again: the changes that make the loss then stay without effect.
 */
export interface Brake {
  /** A transaction begins, for the first time or again. */
  open(core: Known & Pick<Core, 'notices' | 'guards'>, isAgain: boolean): void;
  /** Ends the transaction, or its attempt: throws {@link DoneAgain}. */
  close(core: Known & Pick<Core, 'notices' | 'guards'>): void;
  /** The transaction is durable. */
  done(core: Pick<Core, 'device' | 'guards'>): void;
}

/** Which changes are held because their device writes beside itself too often. */
export interface OwnForks {
  /** To be told of every change that is judged, whatever becomes of it, before anything else is asked. */
  meet(change: LoggedChange): void;
  /**
   * The answer follows from the device's own chain and from what its changes stand upon, so that it is the same on every
   * device and in every order. What is in step with its row costs nothing.
   */
  refusalOf(change: LoggedChange, row: RecordRow | undefined): Refusal | undefined;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}
