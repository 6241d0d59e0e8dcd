import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a record that was deleted', () => {
  it('is kept until every device has confirmed it, and status tells a person only where there is something to do', async () => {
    const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
    const before = await desk.json<StatusBody>('status');
    expect(before.tombstones).toEqual([]);
    await desk.client().putRecord('workspace', 'r', { kind: 'task', title: 'one' });
    await desk.json('records', 'rm', 'workspace', 'r');
    const laptopId = (await laptop.json<StatusBody>('status')).device.deviceId;

    // Nothing is confirmed before the day's sign of life, which a device gives once a relay says that all is here.
    await until('only the laptop holds it up', async () => {
      const { tombstones } = await desk.json<StatusBody>('status');
      return tombstones.flatMap(({ heldBy }) => heldBy.map(({ deviceId }) => deviceId)).join() === laptopId;
    });
    const [workspace] = (await desk.json<StatusBody>('status')).tombstones;
    expect(workspace).toMatchObject({
      scope: { kind: 'workspace' },
      kept: 1,
      collected: 0,
      expired: [],
    });
    expect(workspace?.heldBy).toMatchObject([{ label: 'laptop', self: false }]);
    const [holding] = workspace?.heldBy ?? [];
    expect(Date.parse(holding?.expiresAt ?? '') - Date.parse(holding?.lastSeenAt ?? '')).toBe(
      180 * 24 * 60 * 60 * 1000,
    );

    const words = (await desk.run('status')).stdout;
    // It was there a moment ago, and confirms by itself: there is nothing to tell a person.
    expect(words).toContain('desk: ');
    expect(words).not.toMatch(/deleted in|revoke/);
  });
});
