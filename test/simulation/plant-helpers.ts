import { assert } from '../../src/base/assert.ts';
import { type ChangeJudge, changeLine } from '../../src/admission/change-line.ts';
import type { DeviceKeys } from '../../src/crypto/keys.ts';
import type { Plan, PlanInput, Strategy } from '../../src/contract/strategy.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReplicaDeps } from '../../src/replica/kernel/deps.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { OracleNumber } from './findings.ts';
import type { GovernanceGroup } from './governance-swarm.ts';
import type { Plants } from './plants.ts';

/** A bug on purpose, and the invariants of which at least one must notice it. */
export interface PlantedBug {
  readonly name: string;
  readonly foundBy: readonly OracleNumber[];
  /** It shows only where somebody is not to be trusted. */
  readonly knowsHarm?: true;
  /** It shows only where disks lose or refuse something. */
  readonly storeFaults?: true;
  /** Called for each seed, so that no seed sees another one's bug. */
  /** What must be going on for it to show. */
  readonly governs?: readonly GovernanceGroup[];
  plant(): Plants;
}

type Method<V extends readonly unknown[], R> = (...values: V) => R;

/** Every nth call does something else. */
export function everyNth<V extends readonly unknown[], R>(
  n: number,
  method: Method<V, R>,
  instead: Method<V, R>,
): Method<V, R> {
  let calls = 0;
  return (...values) => (++calls % n === 0 ? instead(...values) : method(...values));
}

export function withDisk(disk: (disk: Store) => Store): Plants {
  return { disk };
}

export function withReplica(replica: (replica: Replica, disk: Store, keys: DeviceKeys) => Replica): Plants {
  return { replica };
}

/** What the core is given from outside is something else. */
export function withDeps(deps: (deps: ReplicaDeps) => ReplicaDeps): Plants {
  return { deps };
}

/** One step of the line of admission answers in another way. */
export function withJudge(step: ChangeJudge['step'], instead: ChangeJudge['judge']): Plants {
  const open = changeLine.find((one) => one.step === step) as { judge: ChangeJudge['judge'] } | undefined;
  assert(open !== undefined, 'the step is in the line');
  const { judge } = open;
  open.judge = instead;
  return {
    undo() {
      open.judge = judge;
    },
  };
}

/** Puts another plan into a strategy of the running program until the world is over. */
export function withPlan(strategy: Strategy, instead: (input: PlanInput, plan: Strategy['plan']) => Plan): Plants {
  const { plan } = strategy;
  const open = strategy as { plan: Strategy['plan'] };
  open.plan = (input) => instead(input, plan);
  return {
    undo() {
      open.plan = plan;
    },
  };
}
