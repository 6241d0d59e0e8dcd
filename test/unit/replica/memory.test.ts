import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepted, heard } from '../../../engines/memory/lifecycle.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { DecisionKind } from '../../../src/contract/review.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import { agentId, leaseBy, presented } from '../../helpers/agent.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Pair, last, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const tea = ['memory', 'tea'] as const;
const agent = { authorId: agentId };
const whole: JsonObject = {
  ...{ text: 'likes tea', provenance: 'chat', confidence: 0.8 },
  ...{ sensitivity: 'low', retention: 'P1Y', memoryScope: 'kitchen' },
};
const noted: JsonObject = { text: 'likes tea', lifecycle: 'observed', provenance: 'chat' };
const put = (fields: JsonObject): Intent => ({ kind: 'put', fields });

function events(device: TestDevice): readonly string[] {
  return device.disk.audit
    .read(0, 1000)
    .flatMap((event) => (typeof event !== 'string' && event.eventType.startsWith('memory.') ? [event.eventType] : []));
}

/** What an agent remembered on a; b has the proposal. */
function proposed(claims = 'observed'): Pair {
  const pair = setupPair();
  expect(pair.a.write(tea, put({ ...whole, lifecycle: claims }), agent)).toMatchObject({ ok: true });
  pair.exchange();
  return pair;
}

function promoted(): Pair {
  const pair = proposed();
  pair.b.replica.decide([last(pair.b.reviews()).id], 'accept');
  pair.exchange();
  return pair;
}

describe('what an agent remembers', () => {
  it.each(['observed', 'proposed', 'scoped', 'approved', 'promoted', 'synced', 'expired', 'revoked', 'no such stage'])(
    '260 enters as proposed on every device, also when it claims to be %s',
    (claims) => {
      const { a, b } = proposed(claims);
      for (const device of [a, b]) {
        expect(device.row(tea)).toMatchObject({ state: 'absent' });
        expect(device.reviews()[0]?.alternatives[1]?.value).toEqual({ ...whole, lifecycle: 'proposed' });
      }
      expect([events(a), events(b)]).toEqual([['memory.proposed'], ['memory.proposed']]);
    },
  );

  it('260 enters as proposed under a lease, whose signature is over what the agent wrote', () => {
    const { a, b, profile, clock, exchange } = setupPair();
    const state = a.replica.scopes().find((scope) => scope.state.scopeId === profile)?.state as ScopeState;
    const lease = leaseBy(a, state, clock.nowMs, { collections: ['memory'], policyClass: 'high' });
    const fields = { ...whole, lifecycle: 'promoted' };
    const shown = presented(lease, { collection: 'memory', id: 'tea', fields }, clock.nowMs);
    expect(a.write(tea, put(fields), { lease: shown })).toMatchObject({ ok: true });
    exchange();
    for (const device of [a, b]) {
      expect(device.row(tea)).toMatchObject({ state: 'absent' });
      expect(device.reviews()).toMatchObject([
        { authorId: agentId, alternatives: [{}, { value: { lifecycle: 'proposed' } }] },
      ]);
      expect(device.held()).toEqual([]);
    }
  });

  it.each<[what: string, intent: Intent, proposal: JsonObject | null]>([
    [
      'a text',
      { kind: 'patch', patch: [{ op: 'add', path: '/text', value: 'likes coffee' }] },
      { text: 'likes coffee' },
    ],
    [
      'a text and the stage',
      {
        kind: 'patch',
        patch: [
          { op: 'add', path: '/lifecycle', value: 'promoted' },
          { op: 'add', path: '/text', value: 'likes coffee' },
        ],
      },
      { text: 'likes coffee' },
    ],
    ['the stage', { kind: 'patch', patch: [{ op: 'add', path: '/lifecycle', value: 'revoked' }] }, {}],
    ['the whole', put({ ...whole, text: 'likes coffee', lifecycle: 'promoted' }), { text: 'likes coffee' }],
    ['nothing, and removes it', { kind: 'remove' }, null],
  ])('260 an agent that changes %s of what was promoted proposes that', (_what, intent, proposal) => {
    const { a, b, exchange } = promoted();
    expect(b.write(tea, intent, agent)).toMatchObject({ ok: true });
    exchange();
    const value = proposal && { ...whole, ...proposal, lifecycle: 'proposed' };
    for (const device of [a, b]) {
      expect(device.fields(tea)).toEqual({ ...whole, lifecycle: 'promoted' });
      expect(device.reviews()).toMatchObject([{ alternatives: [{}, { value, deleted: proposal === null }] }]);
      expect(events(device).at(-1)).toBe('memory.proposed');
    }
  });

  it('261 is refused where it does not say all that it must, and held where it arrives', () => {
    const { a, b, exchange } = setupPair();
    const { retention: _retention, ...rest } = whole;
    expect(a.write(tea, put({ ...rest, lifecycle: 'observed' }), agent)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', message: expect.stringContaining('retention') },
    });
    a.put(tea, { ...whole, lifecycle: 'observed' });
    expect(a.write(tea, { kind: 'patch', patch: [{ op: 'remove', path: '/retention' }] }, agent)).toMatchObject({
      ok: false,
      error: { refusal: { detail: 'record_invalid' } },
    });
    exchange();
    expect(b.held()).toEqual([]);
  });

  it.each(['provenance', 'confidence', 'sensitivity', 'retention', 'memoryScope'])(
    '261 without its %s it is held where it arrives from a device that does not ask',
    (name) => {
      const { a, b, profile } = setupPair();
      const value = { ...whole, lifecycle: 'observed' } as Record<string, JsonValue>;
      delete value[name];
      const record = craftChange({ collection: 'memory', objectId: 'tea', value, ...agent });
      b.replica.receive(profile, [craftBatch({ by: a, scopeId: profile, after: null, records: [record] }).bytes]);
      expect(b.row(tea)).toBeUndefined();
      expect(b.held()).toMatchObject([{ reasonCode: 'schema_unknown', detail: 'record_invalid' }]);
    },
  );
});

describe('promotion', () => {
  it('260 is a yes to what is proposed, on every device', () => {
    const { a, b } = promoted();
    for (const device of [a, b]) {
      expect(device.fields(tea)).toEqual({ ...whole, lifecycle: 'promoted' });
      expect(device.reviews()).toEqual([]);
      expect(events(device)).toEqual(['memory.proposed', 'memory.promoted']);
    }
  });

  it('260 is the yes of a person at home too, and there alone', () => {
    const { a, b, exchange } = proposed();
    a.replica.decide([last(a.reviews()).id], 'accept');
    exchange();
    expect([a.fields(tea), b.fields(tea) ?? null]).toEqual([{ ...whole, lifecycle: 'promoted' }, null]);
    b.replica.decide([last(b.reviews()).id], 'accept');
    exchange();
    for (const device of [a, b]) {
      expect([device.fields(tea), device.reviews()]).toEqual([{ ...whole, lifecycle: 'promoted' }, []]);
    }
  });

  it('260 ends when the yes is undone, and comes back with it', () => {
    const { a, b, exchange } = proposed();
    const { id } = last(b.reviews());
    for (const [choice, onA, onB] of [
      ['accept', 'promoted', 'promoted'],
      ['undo', undefined, undefined],
      ['undo', 'promoted', 'promoted'],
    ] as const) {
      expect(b.replica.decide([id], choice)).toMatchObject([{ ok: true }]);
      exchange();
      expect([a.fields(tea)?.['lifecycle'], b.fields(tea)?.['lifecycle']]).toEqual([onA, onB]);
    }
  });

  it.each<[what: string, decision: DecisionKind, fields: JsonObject | undefined, live: string | undefined]>([
    ['a no leaves nothing of it', 'reject', undefined, undefined],
    ['what a person edited is what it says', 'merge', { ...whole, lifecycle: 'scoped' }, 'scoped'],
  ])('260 %s', (_what, decision, fields, live) => {
    const { a, b, exchange } = proposed();
    expect(b.replica.decide([last(b.reviews()).id], decision, fields)).toMatchObject([{ ok: true }]);
    exchange();
    a.replica.decide(
      a.reviews().flatMap(({ id, deviceId }) => (deviceId === b.keys.deviceId ? [id] : [])),
      'accept',
    );
    exchange();
    expect([a.fields(tea)?.['lifecycle'], b.fields(tea)?.['lifecycle']]).toEqual([live, live]);
  });

  it('261 a person who edits a proposal into what stands vouches for it with all of it', () => {
    const { b } = proposed();
    const fields = { text: 'likes tea', lifecycle: 'approved', provenance: 'chat' };
    expect(b.replica.decide([last(b.reviews()).id], 'merge', fields)).toMatchObject([
      { ok: false, error: { kind: 'invalid', message: expect.stringContaining('confidence, sensitivity') } },
    ]);
  });
});

describe('what a person remembers', () => {
  it('260 stays what it is: a yes promotes only what is proposed and whole', () => {
    for (const [fields, lifecycle] of [
      [noted, 'observed'],
      [{ ...noted, lifecycle: 'proposed' }, 'proposed'],
      [{ ...whole, lifecycle: 'proposed' }, 'promoted'],
      [{ ...whole, lifecycle: 'scoped' }, 'scoped'],
    ] as const) {
      const { a, b, exchange } = setupPair();
      a.put(tea, fields);
      expect(a.fields(tea)).toEqual(fields);
      exchange();
      b.replica.decide([last(b.reviews()).id], 'accept');
      exchange();
      expect([a.fields(tea), b.fields(tea)]).toEqual([
        { ...fields, lifecycle },
        { ...fields, lifecycle },
      ]);
    }
  });

  it.each(['scoped', 'approved', 'promoted', 'synced'])(
    '261 is %s only with all that stands behind it',
    (lifecycle) => {
      const { a } = setupPair();
      expect(a.write(tea, put({ ...noted, lifecycle }))).toMatchObject({ ok: false, error: { kind: 'invalid' } });
      a.put(tea, { ...whole, lifecycle });
      expect(a.fields(tea)).toEqual({ ...whole, lifecycle });
    },
  );

  it.each<[was: string, is: string | null, event: string | undefined]>([
    ['observed', 'proposed', 'memory.proposed'],
    ['proposed', 'promoted', 'memory.promoted'],
    ['promoted', 'synced', undefined],
    ['promoted', 'expired', 'memory.revoked'],
    ['synced', 'revoked', 'memory.revoked'],
    ['observed', 'revoked', 'memory.revoked'],
    ['promoted', null, 'memory.revoked'],
    ['observed', null, undefined],
  ])('261 %s to %s is audited as %s', (was, is, event) => {
    const { a } = setupPair();
    a.put(tea, { ...whole, lifecycle: was });
    const before = events(a).length;
    if (is === null) {
      a.remove(tea);
    } else {
      a.patch(tea, { op: 'add', path: '/lifecycle', value: is });
    }
    expect(events(a).slice(before)).toEqual(event === undefined ? [] : [event]);
  });
});

describe('laws', () => {
  it('260 whatever an agent says is heard as proposed, once as good as twice, and a yes never makes less of it', () => {
    const operation = fc.constantFrom('put', 'patch', 'delete', 'command') as fc.Arbitrary<'put'>;
    fc.assert(
      fc.property(operation, fc.jsonValue(), (what, said) => {
        const change = { operation: what, value: said as JsonValue, authorId: agentId };
        const once = heard(change);
        expect(heard({ ...change, value: once })).toEqual(once);
        if (what === 'put' && isJsonObject(once)) {
          expect(once['lifecycle']).toBe('proposed');
          expect(accepted(accepted(once))).toEqual(accepted(once));
        }
        expect(heard({ ...change, authorId: 'urn:srcos:user:me' })).toBe(change.value);
      }),
      { numRuns: 300 },
    );
  });

  it('260 the history keeps what was written, and says what it counted as', () => {
    const { a } = proposed('promoted');
    const [entry] = a.replica.history('memory' as CollectionName, 'tea' as never);
    expect(entry).toMatchObject({ change: { authorId: agentId, value: { lifecycle: 'promoted' } } });
    const heads = a.row(tea)?.heads ?? [];
    expect(a.replica.fieldsAt('memory' as CollectionName, 'tea' as never, ...heads)).toMatchObject({
      lifecycle: 'proposed',
    });
  });
});
