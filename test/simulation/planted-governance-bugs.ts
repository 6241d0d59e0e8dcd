import { next } from '../../src/admission/change-question.ts';
import type { CollectionName, DeviceId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { isAgent } from '../../src/contract/agent.ts';
import type { LoggedChange } from '../../src/contract/change.ts';
import { type Refusal, type Verdict, accept } from '../../src/contract/verdict.ts';
import type { Plan, PlanInput, Strategy } from '../../src/contract/strategy.ts';
import { noLease } from '../../src/membership/lease/lease-refusals.ts';
import { decisionOf } from '../../src/merge/values/decision.ts';
import { manualReview } from '../../src/merge/review/manual-review.ts';
import { strongestPolicyWins } from '../../src/merge/authority/strongest-policy-wins.ts';
import { decisions } from '../../src/policy/lattice.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReplicaDeps, ReplicaSettings } from '../../src/replica/kernel/deps.ts';
import type { CollectionBinding } from '../../src/replica/names/binding.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type PlantedBug, everyNth, withDeps, withJudge, withPlan, withReplica } from './plant-helpers.ts';
import type { Plants } from './plants.ts';
import { everyItem, recipes } from './state-hash.ts';

/** Bugs that only show where policy, reviews, brakes, owners, leases and migrations govern. */
export const plantedGovernanceBugs: readonly PlantedBug[] = [
  {
    name: 'the comparison of policies is turned round',
    foundBy: [15],
    governs: ['policy'],
    plant: turnedRound,
  },
  {
    name: 'the floor of a device is left out',
    foundBy: [15],
    governs: ['policy'],
    plant: () => withDeps((deps) => withSettings(deps, { policyFloor: () => noFloor })),
  },
  {
    name: 'generations are compared as text',
    foundBy: [15],
    governs: ['policy'],
    plant: () => withPlan(strongestPolicyWins, comparedAsText),
  },
  {
    name: 'what arrives is not held against policy',
    foundBy: [16, 24],
    governs: ['policy', 'versions'],
    plant: () => withJudge('policy', () => next('whatever policy says')),
  },
  {
    name: 'what policy holds for a person is released by itself',
    foundBy: [16, 24],
    governs: ['policy', 'versions'],
    plant: () => withReplica((replica, disk) => ({ ...replica, receive: releasing(replica, disk) })),
  },
  {
    name: 'a policy that is lifted wakes nothing',
    foundBy: [1, 2],
    governs: ['policy', 'versions'],
    plant: () => withReplica((replica) => ({ ...replica, policyChanged: () => 0 })),
  },
  {
    name: 'secrets are not looked for',
    foundBy: [14],
    governs: ['secrets'],
    plant: () => withDeps((deps) => ({ ...deps, secrets: { ...deps.secrets, find: () => [] } })),
  },
  {
    name: 'a secret that was taken out is kept nowhere',
    foundBy: [14],
    governs: ['secrets'],
    plant: () => withDeps((deps) => ({ ...deps, secrets: { ...deps.secrets, keep: () => undefined } })),
  },
  {
    name: 'the threshold of the brake is ignored',
    foundBy: ['brake'],
    governs: ['brake'],
    plant: () => withDeps((deps) => withSettings(deps, { brakeOf: () => ({ share: 1, minimum: 1_000_000 }) })),
  },
  {
    name: 'a mass change takes effect although it was rejected',
    foundBy: ['brake'],
    governs: ['brake'],
    plant: () =>
      withReplica((replica, disk) => ({
        ...replica,
        decide: (ids, decision, fields) =>
          replica.decide(
            ids,
            decision === 'reject' && ids.some((id) => isBrake(disk, id)) ? 'accept' : decision,
            fields,
          ),
      })),
  },
  {
    name: 'an undone decision goes on to hold',
    foundBy: [25],
    governs: ['reviews'],
    plant: () => withPlan(manualReview, (input, plan) => keptWhenUndone(input, plan(input))),
  },
  {
    name: 'keeping both versions writes over the live one',
    foundBy: [11],
    governs: ['reviews'],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        decide: (ids, decision, fields) => replica.decide(ids, decision === 'keep_both' ? 'accept' : decision, fields),
      })),
  },
  {
    name: 'a proposal that takes the place of another is not asked about',
    foundBy: [25],
    governs: ['reviews'],
    plant: () =>
      withPlan(manualReview, (input, plan) => {
        const planned = plan(input);
        return planned.close.some(({ status }) => status === 'superseded') ? { ...planned, open: [] } : planned;
      }),
  },
  {
    name: 'a migration drops what it does not know',
    foundBy: [29],
    governs: ['versions'],
    plant: () => withDeps((deps) => ({ ...deps, bindings: withMigration(deps.bindings, forgetful) })),
  },
  {
    name: 'a script remembers what it was asked before',
    foundBy: [1, 2, 29],
    governs: ['versions'],
    plant: () => withDeps((deps) => ({ ...deps, bindings: withMigration(deps.bindings, remembering()) })),
  },
  {
    name: 'a script overruns on one device and not on another',
    foundBy: [1, 2, 29],
    governs: ['versions'],
    plant: () => withDeps((deps) => ({ ...deps, bindings: withMigration(deps.bindings, overrunning()) })),
  },
  {
    name: 'what a script answers loses a little of its numbers',
    foundBy: [29],
    governs: ['versions'],
    plant: () => withDeps((deps) => ({ ...deps, bindings: withMigration(deps.bindings, rounding) })),
  },
  {
    name: 'an upgrade judges nothing again',
    foundBy: [1, 2, 29],
    governs: ['versions'],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        rejudge: (collection) => (collection === recipes ? 0 : replica.rejudge(collection)),
      })),
  },
  {
    name: 'a form that is not known is taken as it is',
    foundBy: [1, 29],
    governs: ['versions'],
    plant: () => withJudge('schema_version', () => next('whatever version it is')),
  },
  {
    name: 'an owner prunes the records of others',
    foundBy: ['owner set'],
    governs: ['owners', 'versions'],
    plant: () => withReplica((replica, disk) => ({ ...replica, pushOwnerSet: pruningOthers(replica, disk) })),
  },
  {
    name: 'an older set of an owner replaces a newer one',
    foundBy: ['owner set'],
    governs: ['owners'],
    plant: () =>
      withReplica((replica) => ({
        ...replica,
        pushOwnerSet(collection, set, isConfirmed) {
          const active = Number(replica.ownerState(collection, set.owner).syncToken ?? 0);
          return replica.pushOwnerSet(
            collection,
            { ...set, syncToken: Math.max(Number(set.syncToken), active + 1) },
            isConfirmed,
          );
        },
      })),
  },
  {
    name: 'a rollback takes the version that it goes back to for its own',
    foundBy: [12],
    governs: ['history', 'versions'],
    plant: () => withReplica((replica, disk) => ({ ...replica, rollback: underOldVersion(replica, disk) })),
  },
  {
    name: 'going back to a point forgets what had been deleted there',
    foundBy: [12],
    governs: ['history', 'versions'],
    plant: () => withReplica((replica) => ({ ...replica, rollbackPage: withoutRemovals(replica) })),
  },
  {
    name: 'a lease that has expired counts',
    foundBy: [17],
    governs: ['agents'],
    plant: () => withoutLeaseRefusal('expired'),
  },
  {
    name: 'a lease that was revoked counts',
    foundBy: [17],
    governs: ['agents'],
    plant: () => withoutLeaseRefusal('revoked'),
  },
  {
    name: 'a use that nobody approved counts',
    foundBy: [17],
    governs: ['agents'],
    plant: () => withoutLeaseRefusal('needsHuman'),
  },
  {
    name: 'what an agent writes is live on its own device at once',
    foundBy: [25, 37],
    governs: ['agents'],
    plant: () => withPlan(manualReview, (input, plan) => plan(withAgentsAs(input, asPersons))),
  },
  {
    name: 'who takes up what an agent wrote approves it for everybody',
    foundBy: [25, 37],
    governs: ['agents'],
    plant: () => withPlan(manualReview, (input, plan) => plan(withAgentsAs(input, asDevices))),
  },
  {
    name: 'what a device rejects of its own agent stays in the queue',
    foundBy: [25],
    governs: ['agents'],
    plant: () => withPlan(manualReview, (input, plan) => keptInQueue(input, plan)),
  },
];

const noFloor: JsonObject = {};

function withSettings(deps: ReplicaDeps, instead: Partial<ReplicaSettings>): ReplicaDeps {
  return { ...deps, settings: { ...deps.settings, ...instead } };
}

/** Joins take the weaker word for the stronger one. */
function turnedRound(): Plants {
  const open = decisions as unknown as string[];
  open.reverse();
  return {
    undo() {
      open.reverse();
    },
  };
}

function comparedAsText(input: PlanInput, plan: (input: PlanInput) => Plan): Plan {
  const [next, held] = [input.change.value, input.row?.fields].map((fields) =>
    String((fields as JsonObject | undefined)?.['generation']),
  ) as [string, string];
  const planned = plan(input);
  return input.row !== undefined && next < held
    ? { ...planned, disposition: 'superseded', row: { ...input.row, heads: planned.row?.heads ?? input.row.heads } }
    : planned;
}

function releasing(replica: Replica, disk: Store): Replica['receive'] {
  return (scopeId, batches) => {
    const report = replica.receive(scopeId, batches);
    for (const { id, detail } of disk.quarantine.listHeld(everyItem).items) {
      if (detail === 'policy_review') {
        replica.release(id);
      }
    }
    return report;
  };
}

function isBrake(disk: Store, id: string): boolean {
  return disk.reviews.get(id)?.kind === 'brake';
}

function keptWhenUndone({ change, row }: PlanInput, planned: Plan): Plan {
  const isUndone = decisionOf(change)?.decision === 'undo' && planned.row !== undefined && row !== undefined;
  return isUndone
    ? { ...planned, row: { ...(planned.row as NonNullable<Plan['row']>), state: row.state, fields: row.fields } }
    : planned;
}

function withMigration(
  bindings: ReplicaDeps['bindings'],
  migrate: (fields: JsonObject) => JsonObject,
): ReplicaDeps['bindings'] {
  const swapped = (binding: CollectionBinding): CollectionBinding =>
    binding.manifest.collection === recipes && binding.engine.migrations !== undefined
      ? { ...binding, engine: { ...binding.engine, migrations: [{ fromMajor: 1, migrate }] } }
      : binding;
  return {
    all: () => bindings.all().map(swapped),
    ofCollection(name) {
      const binding = bindings.ofCollection(name);
      return binding && swapped(binding);
    },
  };
}

function forgetful({ name, minutes }: JsonObject): JsonObject {
  return { title: name ?? '', ...(minutes === undefined ? {} : { duration: { minutes } }) };
}

function brought({ name, minutes, ...others }: JsonObject): JsonObject {
  return { ...others, title: name ?? '', ...(minutes === undefined ? {} : { duration: { minutes } }) };
}

/** As where a realm lives on: a variable of the script still holds what it answered last. */
function remembering(): (fields: JsonObject) => JsonObject {
  let last: JsonObject = {};
  return (fields) => {
    const answer = { ...brought(fields), ...last };
    last = { chef: fields['chef'] ?? null };
    return answer;
  };
}

/** As where a clock decides how long a script may run. */
function overrunning(): (fields: JsonObject) => JsonObject {
  return everyNth(4, brought, () => {
    throw new Error('it did not answer in time');
  });
}

function rounding(fields: JsonObject): JsonObject {
  const { minutes } = fields;
  return brought(typeof minutes === 'number' ? { ...fields, minutes: minutes - (minutes % 2) } : fields);
}

function pruningOthers(replica: Replica, disk: Store): Replica['pushOwnerSet'] {
  return (collection, set, isConfirmed) => {
    const pushed = replica.pushOwnerSet(collection, set, isConfirmed);
    const named = new Set<string>(set.items.map(({ id }) => id));
    const others = disk.records.list(collection, everyItem, 'live').items.filter(({ id }) => !named.has(id));
    if (pushed.ok) {
      replica.edit(
        collection,
        others.map(({ id }) => ({ id, intent: { kind: 'remove' } })),
        true,
      );
    }
    return pushed;
  };
}

function underOldVersion(replica: Replica, disk: Store): Replica['rollback'] {
  return (collection, requests) => {
    const results = replica.rollback(collection, requests);
    for (const { id, target } of requests) {
      const row = disk.records.get(collection, id);
      if (row !== undefined && row !== 'damaged' && target.kind === 'version') {
        disk.records.put({ ...row, version: target.version as typeof row.version });
      }
    }
    return results;
  };
}

function withoutRemovals(replica: Replica): Replica['rollbackPage'] {
  return (collection, page) => {
    const planned = replica.rollbackPage(collection, { ...page, execute: false });
    if (page.execute && planned.ok) {
      const writes = planned.value.steps.flatMap(({ id, action, to }) =>
        action === 'put' && to !== null ? [{ id, intent: { kind: 'put' as const, fields: to } }] : [],
      );
      replica.edit(collection as CollectionName, writes, true);
    }
    return planned;
  };
}

function withAgentsAs(input: PlanInput, as: (change: LoggedChange) => LoggedChange): PlanInput {
  const seen = (change: LoggedChange): LoggedChange =>
    isAgent(change.authorId) && change.operation !== 'command' ? as(change) : change;
  return { ...input, change: seen(input.change), history: input.history.map(seen) };
}

function asPersons(change: LoggedChange): LoggedChange {
  return { ...change, authorId: 'urn:srcos:user:somebody' };
}

/** As if every agent were a device of its own, on whose word another one decides. */
function asDevices(change: LoggedChange): LoggedChange {
  return { ...asPersons(change), deviceId: `agent of ${change.deviceId}` as DeviceId };
}

/** The no of a device to what an agent wrote through it closes nothing, as if it were about its own word. */
function keptInQueue(input: PlanInput, plan: Strategy['plan']): Plan {
  const { change, history, viewer } = input;
  const { self } = viewer;
  const said = decisionOf(change);
  const isOwnNo =
    said?.decision === 'reject' &&
    change.deviceId === self &&
    history.some(({ changeId, deviceId }) => said.proposals.includes(changeId) && deviceId === self);
  const planned = plan(input);
  return isOwnNo ? { ...planned, close: [] } : planned;
}

/** One reason for which a lease does not hold is none any more. */
function withoutLeaseRefusal(name: 'expired' | 'revoked' | 'needsHuman'): Plants {
  const open = noLease as unknown as Record<typeof name, Refusal | Verdict>;
  const refusal = open[name];
  open[name] = accept;
  return {
    undo() {
      open[name] = refusal;
    },
  };
}
