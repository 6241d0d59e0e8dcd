import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { ReviewMode } from '../../../src/contract/review.ts';
import type { Draft } from '../../../src/contract/strategy.ts';
import { type Device, changeOf, createDevice, manifestOf, plainEngine, sharedState } from './world.ts';
import { runs } from '../../helpers/suite.ts';

const agent = 'urn:srcos:agent:helper';
const manifest = manifestOf('manual_review');
const by = fc.nat(2);
const step = fc.oneof(
  fc.record({ do: fc.constant('agent' as const), by, value: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant('write' as const), by, value: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant('decide' as const), by, choice: fc.constantFrom('accept', 'accept', 'reject', 'undo') }),
  fc.record({ do: fc.constant('send' as const), from: by, to: by }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Three devices that learn of each other's changes only where they are sent. */
function world(reviewMode: ReviewMode) {
  const devices = ['A', 'B', 'C'].map((name) => createDevice(name, { manifest, reviewMode }));
  const known = new Map(devices.map((device) => [device, [] as LoggedChange[]]));
  const deviceAt = (index: number): Device => devices[index] as Device;

  function send(from: Device, to: Device): void {
    for (const change of known.get(from) ?? []) {
      if (to.disposition(change) === undefined) {
        to.receive(change);
        known.get(to)?.push(change);
      }
    }
  }

  function made(device: Device, change: LoggedChange | undefined): void {
    if (change !== undefined) {
      known.get(device)?.push(change);
    }
  }

  return {
    devices,
    take(next: Step): void {
      switch (next.do) {
        case 'agent':
          made(deviceAt(next.by), deviceAt(next.by).write({ kind: 'put', fields: { a: next.value } }, agent));
          return;
        case 'write':
          made(deviceAt(next.by), deviceAt(next.by).write({ kind: 'put', fields: { a: next.value } }));
          return;
        case 'decide': {
          const device = deviceAt(next.by);
          const item = next.choice === 'undo' ? device.items().at(-1) : device.open()[0];
          made(device, device.decide(next.choice as 'accept' | 'reject', item));
          return;
        }
        case 'send':
          send(deviceAt(next.from), deviceAt(next.to));
      }
    },
    sendAll(): void {
      for (let round = 0; round < devices.length; round++) {
        devices.forEach((from) => devices.forEach((to) => send(from, to)));
      }
    },
    changes: (): readonly LoggedChange[] => known.get(deviceAt(0)) ?? [],
  };
}

describe.each<ReviewMode>(['once', 'per_device'])('49 laws, mode %s', (mode) => {
  it('no write of an agent changes what is live, on any device, whatever was said before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const { devices, take } = world(mode);
        for (const next of steps) {
          const before = devices.map((device) => device.row()?.fields ?? null);
          take(next);
          if (next.do === 'agent') {
            expect(devices.map((device) => device.row()?.fields ?? null)).toEqual(before);
          }
        }
      }),
      { numRuns: runs(75, 300) },
    );
  });

  it('a device that gets everything in another order holds the same, and asks the same', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.nat(2), fc.nat(1000), (steps, who, turn) => {
        const { devices, take, sendAll, changes } = world(mode);
        steps.forEach(take);
        sendAll();
        const device = devices[who] as Device;
        const anew = createDevice(device.name, { manifest, reviewMode: mode });
        for (const change of rotated(changes(), turn)) {
          anew.receive(change);
        }
        expect(sharedState(anew)).toEqual(sharedState(device));
        const asked = (one: Device): readonly string[] =>
          one
            .open()
            .map(({ id }) => id)
            .sort();
        expect(asked(anew)).toEqual(asked(device));
      }),
      { numRuns: runs(75, 300) },
    );
  });

  it('whatever waits can be accepted where it waits, and is live there then', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), by, (steps, who) => {
        const { devices, take } = world(mode);
        steps.forEach(take);
        const device = devices[who] as Device;
        const item = device.open().find(({ authorId, deviceId }) => authorId === agent && deviceId === device.name);
        if (item !== undefined) {
          device.decide('accept', item);
          expect(device.row()?.fields ?? null).toEqual(item.alternatives[1]?.value);
        }
      }),
      { numRuns: runs(75, 300) },
    );
  });
});

const attack = fc.record({
  kind: fc.constantFrom('agent_taken_up', 'agent_accepts', 'reject', 'undo', 'merge'),
  which: fc.nat(20),
});

it('49 no device alone, with agents of its own or in the name of others, changes what is live elsewhere', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.array(attack, { maxLength: 4 }), (steps, attacks) => {
      const { devices, take, sendAll, changes } = world('once');
      steps.forEach(take);
      sendAll();
      const before = devices.map((device) => device.row()?.fields ?? null);
      let sent = 0;
      const attackWith = (draft: Draft, authorId?: string): LoggedChange => {
        const change = changeOf('D', ++sent, draft, 1_000_000 + sent, { manifest }, authorId);
        devices.forEach((device) => device.receive(change));
        return change;
      };
      const known = changes();
      for (const { kind, which } of known.length === 0 ? [] : attacks) {
        const parents = devices[0]?.row()?.heads ?? [];
        const proposals = [(known[which % known.length] as LoggedChange).changeId];
        if (kind === 'agent_taken_up') {
          const { changeId } = attackWith({ operation: 'put', parents, value: { evil: true } }, agent);
          const yes = { decision: 'accept', proposals: [changeId] };
          attackWith({ operation: 'command', parents: [changeId], value: yes });
        } else {
          const value: JsonObject =
            kind === 'undo'
              ? { decision: kind, undoes: proposals }
              : kind === 'merge'
                ? { decision: kind, proposals, fields: { evil: true } }
                : { decision: kind === 'reject' ? kind : 'accept', proposals };
          attackWith({ operation: 'command', parents, value }, kind === 'agent_accepts' ? agent : undefined);
        }
        expect(devices.map((device) => device.row()?.fields ?? null)).toEqual(before);
      }
    }),
    { numRuns: runs(100, 400) },
  );
});

describe('49 what an agent says', () => {
  it('49a is no decision: a command in its name has no effect on any device', () => {
    const [a, b] = [createDevice('A', { manifest }), createDevice('B', { manifest })];
    const written = a.write({ kind: 'put', fields: { a: 1 } }, agent) as LoggedChange;
    b.receive(written);
    const draft = { operation: 'command', parents: [written.changeId] } as const;
    const value: JsonObject = { decision: 'accept', proposals: [written.changeId] };
    const yes = changeOf('B', 1, { ...draft, value }, 10, { manifest }, agent);
    for (const device of [a, b]) {
      device.receive(yes);
      expect(device.row()?.fields ?? null).toBeNull();
      expect(device.open()).toHaveLength(1);
      expect(device.lastRefusal()).toBe('agent_untrusted/decision_unsuited');
    }
  });

  it('is the word of its device where a person approved the use before it was written', () => {
    const a = createDevice('A', { manifest });
    const b = createDevice('B', { manifest });
    const lease = { lease: {}, use: {}, approval: { approvedAt: '2026-01-01T00:00:00.000Z' } };
    const draft = { operation: 'put', parents: [], value: { a: 1 } } as const;
    const approved = { ...changeOf('A', 1, draft, 1, { manifest }, agent), lease };
    a.receive(approved);
    b.receive(approved);
    expect([a.row()?.fields, b.row()?.fields ?? null]).toEqual([{ a: 1 }, null]);
    expect([a.open().length, b.open().length]).toEqual([0, 1]);
  });

  it('stays live where it was before these laws came', () => {
    const draft = { operation: 'put', parents: [], value: { a: 1 } } as const;
    const old = changeOf('A', 1, draft, 1, { manifest }, agent);
    const a = createDevice('A', { manifest, isOld: ({ changeId }) => changeId === old.changeId });
    a.receive(old);
    expect(a.row()?.fields).toEqual({ a: 1 });
    a.write({ kind: 'put', fields: { a: 2 } }, agent);
    expect(a.row()?.fields).toEqual({ a: 1 });
  });
});

describe.each(['graph_merge', 'signed_authority_required'] as const)('49 dangerous fields by an agent, %s', (name) => {
  const setting = { manifest: manifestOf(name), engine: { ...plainEngine, dangerousPaths } };

  function setup(): { readonly a: Device; readonly b: Device; tell(change: LoggedChange | undefined): void } {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    return {
      ...{ a, b },
      tell: (change) => [a, b].forEach((device) => change !== undefined && device.receive(change)),
    };
  }

  it.each<[title: string, who: 'a' | 'b' | undefined, choice: 'accept' | 'reject', live: JsonObject[], open: number[]]>(
    [
      ['wait on every device', undefined, 'accept', [{ t: 1 }, { t: 1 }], [1, 1]],
      ['taken up at home are live there alone', 'a', 'accept', [{ t: 2 }, { t: 1 }], [0, 1]],
      ['accepted elsewhere are live everywhere', 'b', 'accept', [{ t: 2 }, { t: 2 }], [0, 0]],
      ['rejected at home go', 'a', 'reject', [{ t: 1 }, { t: 1 }], [0, 0]],
      ['rejected elsewhere go', 'b', 'reject', [{ t: 1 }, { t: 1 }], [0, 0]],
    ],
  )('%s', (_title, who, choice, live, open) => {
    const { a, b, tell } = setup();
    tell(a.write({ kind: 'put', fields: { t: 1 } }));
    tell(b.decide('accept'));
    tell(a.write({ kind: 'put', fields: { t: 2 } }, agent));
    if (who !== undefined) {
      tell((who === 'a' ? a : b).decide(choice));
    }
    expect([a.row()?.fields, b.row()?.fields]).toEqual(live);
    expect([a.open().length, b.open().length]).toEqual(open);
  });

  it('harmless ones are live at once', () => {
    const { a, b, tell } = setup();
    tell(a.write({ kind: 'put', fields: { harmless: 1 } }, agent));
    expect([a.row()?.fields, b.row()?.fields]).toEqual([{ harmless: 1 }, { harmless: 1 }]);
  });
});

function dangerousPaths(before: JsonObject | null, next: JsonObject): readonly string[] {
  return (before?.['t'] ?? null) === (next['t'] ?? null) ? [] : ['/t'];
}

function rotated<T>(items: readonly T[], turn: number): readonly T[] {
  const at = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
