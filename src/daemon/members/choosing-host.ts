import type { ControlFault } from '../../api/ports/fault.ts';
import { filesApart } from '../../api/answers/glance-waits.ts';
import type { ScopeUseBody } from '../../api/types/devices.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { ScopeChoice } from '../../replica/names/scope-choice.ts';
import type { WriteRefusal } from '../../replica/names/write.ts';
import type { Replica } from '../../replica/port.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';
import type { LinksHost } from '../links/links-host.ts';
import type { Store } from '../../store/ground/port.ts';
import { findScope } from './find-scope.ts';

/** Which workspace serves a collection, as a person chooses it. */
export interface ChoosingHost {
  /**
   * What choosing a scope would do, by its id, name or kind; with `execute` it is done: its records come a little at a time
   * after that.
   */
  use(scope: string, binding: CollectionBinding, execute: boolean): Promise<Result<ScopeUseBody, ControlFault>>;
  /** There may be a log that was chosen and is not read: goes on with it. */
  wake(): void;
  stop(): void;
}

export interface ChoosingDeps {
  readonly store: Pick<Store, 'settings'>;
  readonly replica: Pick<Replica, 'scopes' | 'planScope' | 'chooseScope' | 'learnScopes'>;
  readonly links: Pick<LinksHost, 'endFollowing' | 'startAll' | 'list'>;
  readonly later: Later;
  /** Answers whether the disk took it. */
  readonly guard: (work: () => void) => boolean;
  readonly changed: (reason: string) => void;
  readonly warn: (message: string, facts: object) => void;
}

export function createChoosingHost(deps: ChoosingDeps): ChoosingHost {
  const { replica, links } = deps;
  let turn: Promise<unknown> = Promise.resolve();
  const reading = createReading(deps);
  // Folders stand still for a choice.
  let isStill = false;

  function startLinks(): void {
    isStill = false;
    // What fails is told of for each folder; the disk of the home is the only other thing that can.
    links.startAll().catch((cause: unknown) => {
      deps.warn('linked folders could not go on after a workspace was chosen', { err: cause });
    });
  }

  const step = createPlannedStep(deps.later, () => {
    const read = reading.goOn();
    if (read === 'more') {
      step.wake();
    } else if (read !== 'failed' && (isStill || read > 0)) {
      startLinks();
      deps.changed('scope_read');
    }
  });

  function plan({ manifest }: CollectionBinding, scopeId: ScopeId): Result<Planned, ControlFault> {
    const planned = faultOf(replica.planScope(manifest.collection, scopeId));
    if (!planned.ok) {
      return planned;
    }
    const { resting } = planned.value;
    const notInStep = links
      .list()
      .filter(({ path }) => resting.includes(path))
      .map((link) => ({ path: link.path, count: filesApart([link]) }));
    return ok({ ...planned.value, notInStep: notInStep.filter(({ count }) => count > 0) });
  }

  /** The folders stand still first: nothing that one of them is about to say may go to the other scope. */
  async function choose(binding: CollectionBinding, scopeId: ScopeId): Promise<Result<Planned, ControlFault>> {
    const planned = plan(binding, scopeId);
    if (!planned.ok || planned.value.from === scopeId) {
      return planned;
    }
    const { engineId, collection } = binding.manifest;
    isStill = true;
    await links.endFollowing(engineId);
    try {
      const chosen = faultOf(replica.chooseScope(collection, scopeId));
      // Whatever began in between.
      await links.endFollowing(engineId);
      return chosen.ok ? ok({ ...chosen.value, notInStep: planned.value.notInStep }) : chosen;
    } finally {
      reading.begin();
      // It starts the folders, also where nothing was chosen after all.
      step.wake();
      deps.changed('scope_chosen');
    }
  }

  return {
    async use(name, binding, execute) {
      const scope = findScope(replica, deps.store, name);
      if (!scope.ok) {
        return scope;
      }
      const { scopeId } = scope.value;
      const chosen = turn.then(async () => (execute ? choose(binding, scopeId) : plan(binding, scopeId)));
      turn = chosen.catch(() => undefined);
      const done = await chosen;
      return done.ok ? ok({ ...done.value, executed: execute }) : done;
    },
    ...step,
  };
}

/** A folder that stands still says nothing of its files any more, so they are counted before. */
type Planned = ScopeChoice & Pick<ScopeUseBody, 'notInStep'>;

/** Reads the logs that were chosen, a part at each call. */
interface Reading {
  /** Answers how many collections were read, once all of them are; where the disk takes nothing all of it begins again. */
  goOn(): 'more' | 'failed' | number;
  begin(): void;
}

function createReading({ replica, guard }: Pick<ChoosingDeps, 'replica' | 'guard'>): Reading {
  let work: Generator<undefined, number> | undefined;
  return {
    goOn() {
      work ??= replica.learnScopes();
      let read = 'failed' as 'more' | 'failed' | number;
      const isTaken = guard(() => {
        const next = work?.next();
        read = next?.done === true ? next.value : 'more';
      });
      if (!isTaken || read !== 'more') {
        work = undefined;
      }
      return read;
    },
    begin() {
      work = undefined;
    },
  };
}

function faultOf<T>(result: Result<T, WriteRefusal>): Result<T, ControlFault> {
  if (result.ok) {
    return result;
  }
  const { kind, message } = result.error;
  return err({ kind: kind === 'unknown_collection' ? 'not_found' : 'conflict', message });
}
