import { describe, expect, it } from 'vitest';
import { type BatchId, type DeviceId, batchIdFromBytes, scopeIdFromBytes } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import {
  far,
  forkedHeader,
  heldOtherwise,
  isolate,
  kinds,
  lacksOurs,
  lie,
  open,
  revoke,
  saying,
  setup,
  tellTruth,
  type World,
} from './claims-world.ts';

describe('what versions before wrote down', () => {
  const inOldForm = (alarm: JsonValue): JsonObject => {
    const { claims: _claims, ...rest } = alarm as JsonObject;
    return rest;
  };

  /** The store as a version left it that did not note who said so. */
  function age({ a, workspace }: World, deviceId: DeviceId, told: readonly [number, BatchId]): void {
    a.disk.settings.remove(`frontier.claims.${workspace}`);
    a.disk.settings.set('frontier.attested', { [workspace]: { [deviceId]: told } } as never);
    a.disk.settings.set('alarms', (a.disk.settings.get('alarms') as readonly JsonValue[]).map(inOldForm));
    const heard = a.events.length;
    a.restart();
    // Who listens is not there yet while the replica is made.
    expect(a.events).toHaveLength(heard);
    a.replica.rejudgeBatches();
  }

  it('148 who told of a batch is found in the log, and the alarm goes on in its name', () => {
    const world = setup();
    const { a, honest, author, workspace, send } = world;
    tellTruth(world);
    a.replica.caughtUp(workspace);
    const { deviceId } = author.keys;
    const { batchId } = author.disk.log.get(workspace, deviceId, 1) as { batchId: BatchId };
    age(world, deviceId, [1, batchId]);
    expect(open(a)).toMatchObject([{ kind: 'withheld', claims: [{ by: honest.keys.deviceId, sequence: 1 }] }]);
    send(author, a);
    expect(kinds(a)).toEqual([]);
  });

  it('148 what nobody is found for is forgotten, and its alarm is settled at the start', () => {
    const world = setup();
    const { a, author, workspace } = world;
    lie(world);
    a.replica.caughtUp(workspace);
    const events = a.events.length;
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(kinds(a)).toEqual([]);
    expect(a.events.slice(events).map(({ type }) => type)).toEqual(['alarm.cleared']);
    a.replica.caughtUp(workspace);
    expect(kinds(a)).toEqual([]);
  });

  it('148 the liar that was revoked long ago lets go', () => {
    const world = setup();
    const { a, author, workspace } = world;
    lie(world);
    a.replica.caughtUp(workspace);
    const alarms = a.disk.settings.get('alarms') as JsonValue;
    revoke(world);
    a.disk.settings.set('alarms', alarms);
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(7))]);
    a.replica.caughtUp(workspace);
    expect(open(a)).toEqual([]);
  });

  it.each([
    ['peer_fork', heldOtherwise],
    ['log_fork', (world: World) => world.a.replica.receive(world.workspace, [forkedHeader(world)])],
    ['not_forwarded', lacksOurs],
  ] as const)('148 %s: the signed headers that were kept, or the alarm itself, say who', (kind, say) => {
    const world = setup();
    const { a, author, liar } = world;
    say(world);
    age(world, author.keys.deviceId, [far, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(open(a)).toMatchObject([{ kind, claims: [{ by: liar.keys.deviceId }] }]);
    revoke(world);
    expect(open(a)).toEqual([]);
  });

  it('148 what proves itself stays', () => {
    const world = setup();
    const { a, author } = world;
    lie(world);
    isolate(world);
    age(world, author.keys.deviceId, [1, batchIdFromBytes(new Uint8Array(32).fill(8))]);
    expect(open(a)).toMatchObject([{ kind: 'device_equivocation', claims: null }]);
  });
});

describe('scopes to join', () => {
  const scope = (id: number) => ({
    ...{ scopeId: scopeIdFromBytes(new Uint8Array(32).fill(id)), kind: 'org' as const, name: `s${id}`, root: null },
  });
  const listed = ({ a }: World): readonly string[] => a.replica.announcedScopes().map(({ name }) => name);

  it('149 go with the administrator who announced them, unless another one did too', () => {
    const world = setup();
    const { a, honest, liar, profile } = world;
    a.replica.receive(profile, [saying(liar, profile, {}, { scopes: [scope(1), scope(2)] })]);
    a.replica.receive(profile, [saying(honest, profile, {}, { scopes: [scope(2)] })]);
    expect(listed(world)).toEqual(['s1', 's2']);
    revoke({ ...world, workspace: profile });
    expect(listed(world)).toEqual(['s2']);
    a.restart();
    expect(listed(world)).toEqual(['s2']);
  });

  it('149 are so many of each administrator, and nobody takes the room of another', () => {
    const world = setup();
    const { a, honest, liar, profile } = world;
    const many = (from: number) =>
      Array.from({ length: 200 }, (_, index) => {
        const bytes = new Uint8Array(32).fill(1);
        new DataView(bytes.buffer).setUint32(0, from + index);
        return { ...scope(1), scopeId: scopeIdFromBytes(bytes) };
      });
    for (const from of [0, 1000, 2000]) {
      a.replica.receive(profile, [saying(liar, profile, {}, { scopes: many(from) })]);
    }
    a.replica.receive(profile, [saying(honest, profile, {}, { scopes: [scope(9)] })]);
    expect(a.replica.announcedScopes()).toHaveLength(257);
    expect(listed(world)).toContain('s9');
  });
});
