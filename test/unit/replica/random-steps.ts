import fc from 'fast-check';
import { assert } from '../../../src/base/assert.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import { agentId } from '../../helpers/agent.ts';
import { type Devices, batchesBy } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';

export type Step =
  | {
      readonly kind: 'put';
      readonly on: number;
      readonly collection: number;
      readonly record: number;
      readonly value: number;
    }
  | { readonly kind: 'remove'; readonly on: number; readonly collection: number; readonly record: number }
  /** Whether it may be written is a matter of authority, which the first device alone holds. */
  | { readonly kind: 'policy'; readonly on: number; readonly rules: number; readonly raise: number }
  | { readonly kind: 'secret'; readonly on: number }
  | { readonly kind: 'send'; readonly from: number; readonly to: number }
  | { readonly kind: 'again'; readonly from: number; readonly to: number }
  | { readonly kind: 'decide'; readonly on: number; readonly which: number; readonly accept: boolean }
  | { readonly kind: 'settle'; readonly on: number; readonly which: number; readonly release: boolean }
  | { readonly kind: 'switch'; readonly on: number; readonly enabled: boolean }
  | { readonly kind: 'restart'; readonly on: number }
  | { readonly kind: 'clock'; readonly byMs: number };

const collections = ['presence', 'workspace', 'shell', 'ledger', 'inbox', 'memory'] as const;
/** What agents write, not people. */
const agentsValues: Readonly<Record<string, readonly number[]>> = { memory: [1, 3, 5], shell: [5], workspace: [4, 5] };
const switched = 'sourceos.sync.workspace';

const policyPlace = ['policy', 'org'] as const;
const denies = { kind: 'decision', value: 'deny' };
const policies: readonly JsonObject[] = [
  {},
  { 'write.*': denies },
  { 'write.workspace': { kind: 'decision', value: 'require_review' } },
  { 'engine.*': denies },
  { 'app.limit': { kind: 'max', value: 2 } },
  { 'app.limit': { kind: 'allowset', value: ['a'] } },
];

const on = fc.nat(2);
const which = fc.nat(3);
const place = { on, collection: fc.nat(collections.length - 1), record: fc.nat(1) };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), ...place, value: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), ...place }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      on: fc.constantFrom(0, 0, 1),
      rules: fc.nat(5),
      raise: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('secret' as const), on }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), from: on, to: on }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), from: on, to: on }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('decide' as const), on, which, accept: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), on, which, release: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), on, enabled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), on }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), byMs: fc.integer({ min: -5_000, max: 60_000 }) }),
  },
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 5, maxLength: 45, size: 'max' });

export function take(world: Devices, step: Step): void {
  switch (step.kind) {
    case 'put': {
      const fields = fieldsOf(step);
      const isAgents = agentsValues[collections[step.collection] as string]?.includes(step.value) === true;
      deviceOf(world, step.on).write(placeOf(step), { kind: 'put', fields }, isAgents ? { authorId: agentId } : {});
      return;
    }
    case 'remove':
      deviceOf(world, step.on).write(placeOf(step), { kind: 'remove' });
      return;
    case 'policy': {
      const device = deviceOf(world, step.on);
      const fields = { layer: 'org', generation: generationOn(device) + step.raise, rules: policies[step.rules] ?? {} };
      device.write(policyPlace, { kind: 'put', fields });
      device.replica.policyChanged();
      return;
    }
    case 'secret':
      deviceOf(world, step.on).write(['secrets', 's'], { kind: 'put', fields: { label: 'canary', value: 'canary' } });
      return;
    case 'send':
      if (step.from !== step.to) {
        world.send(deviceOf(world, step.from), deviceOf(world, step.to));
      }
      return;
    case 'again':
      for (const scopeId of [world.profile, world.workspace]) {
        deviceOf(world, step.to).replica.receive(scopeId, batchesBy(deviceOf(world, step.from), scopeId));
      }
      return;
    case 'decide': {
      const item = deviceOf(world, step.on).reviews()[step.which];
      const accept = step.accept || isHeldForPolicy(item);
      deviceOf(world, step.on).replica.decide(item === undefined ? [] : [item.id], accept ? 'accept' : 'reject');
      return;
    }
    case 'settle': {
      const device = deviceOf(world, step.on);
      const item = device.held()[step.which];
      const id = item?.id ?? 'qr_none';
      // A person who drops what others take in wants to differ from them.
      const isShared = item?.detail === 'policy_rule' || item?.detail === 'policy_review';
      return void (step.release || isShared ? device.replica.release(id) : device.replica.drop(id));
    }
    case 'switch':
      return setSwitch(deviceOf(world, step.on), step.enabled);
    case 'restart':
      deviceOf(world, step.on).restart();
      return;
    case 'clock':
      world.clock.nowMs += step.byMs;
  }
}

/** Who rejects what others take in wants to differ from them. */
export function isHeldForPolicy(item: ReviewItem | undefined): boolean {
  return item?.quarantineId !== undefined;
}

/** Everything is switched on and everybody knows everything. */
export function converge(world: Devices): void {
  for (const device of world.all) {
    setSwitch(device, true);
  }
  world.exchange();
  // Policy gates what is new on each device as it stands there: lifted, it leaves the merge of everything.
  const first = deviceOf(world, 0);
  first.write(policyPlace, { kind: 'put', fields: { layer: 'org', generation: generationOn(first) + 1, rules: {} } });
  world.exchange();
  world.all.forEach((device) => device.replica.policyChanged());
}

function generationOn(device: TestDevice): number {
  return Number(device.fields(policyPlace)?.['generation'] ?? 0);
}

/** Rounds of one device deciding all that it may, until no question is left. */
export function decideEverything(world: Devices): void {
  for (let round = 0; world.all.some((device) => device.reviews().length > 0); round++) {
    assert(round < 12, 'deciding comes to an end');
    const device = deviceOf(world, round % 3);
    device.replica.decide(
      device.reviews().map(({ id }) => id),
      'accept',
    );
    world.exchange();
  }
}

/** What the changes of merged collections lead to, before any gate that stands on one device alone. */
export function mergedState({ disk }: TestDevice): string {
  return ['presence', 'workspace', 'ledger', 'policy']
    .flatMap((name) => disk.records.list(name as CollectionName, everyItem).items)
    .map(({ collection, id, state, fields, heads, version, strategyState }) => {
      const held = isJsonObject(strategyState) ? strategyState['merged'] : undefined;
      return canonicalText({ collection, id, state, fields: held ?? fields, heads, version });
    })
    .sort()
    .join('\n');
}

/** Open conflicts in words: what must be equal everywhere. */
export function conflictsOn(device: TestDevice): string {
  return device
    .reviews()
    .filter(({ kind }) => kind === 'conflict')
    .map(({ id, changes, alternatives }) => canonicalText({ id, changes, alternatives } as unknown as JsonValue))
    .sort()
    .join('\n');
}

function setSwitch(device: TestDevice, enabled: boolean): void {
  if (enabled) {
    device.disabled.delete(switched);
    device.replica.rejudge('workspace' as CollectionName);
  } else {
    device.disabled.add(switched);
  }
}

function deviceOf(world: Devices, index: number): TestDevice {
  return world.all[index] as TestDevice;
}

function placeOf(step: { readonly collection: number; readonly record: number }): readonly [string, string] {
  return [collections[step.collection] as string, `r${step.record}`];
}

function fieldsOf({ collection, record, value }: Extract<Step, { kind: 'put' }>): JsonObject {
  switch (collections[collection]) {
    case 'presence':
      return value === 5
        ? { kind: 'layout', data: { x: value } }
        : { kind: 'note', text: `one ${'two '.repeat(value)}three` };
    case 'workspace':
      return {
        kind: 'task',
        title: `title ${value % 3}`,
        ...(value % 2 === 0 ? { props: { due: value } } : {}),
        ...(value === 4 ? { edges: { e: { type: 'automation', to: 'workspace/r0' } } } : {}),
      };
    case 'shell':
      return { kind: value === 3 ? 'function' : 'alias', name: `n${value % 2}`, body: `ls ${value}` };
    case 'ledger':
      return { id: `${record}`, outcome: value % 2 === 0 ? 'allow' : 'deny' };
    case 'memory':
      return memory(value);
    default:
      return { producer: 'p', body: value };
  }
}

function memory(value: number): JsonObject {
  return {
    ...{ text: `likes ${value % 3}`, lifecycle: value > 2 ? 'promoted' : 'observed', provenance: 'chat' },
    ...{ confidence: 0.5, sensitivity: 'low', retention: 'P1Y', memoryScope: 'kitchen' },
  };
}
