import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { PatchOperation } from '../../../src/contract/patch-operation.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { type Device, type Setting, createDevice, manifestOf, sharedState } from './world.ts';

const setting: Setting = { manifest: manifestOf('crdt'), textPaths: ['/text'] };
const first: JsonObject = { kind: 'note', text: 'one\n', data: { x: 0, y: 0 } };

interface World {
  readonly devices: readonly [Device, Device, Device];
  write(by: Device, ...patch: readonly PatchOperation[]): void;
  put(by: Device, fields: JsonObject): void;
  remove(by: Device): void;
  decide(by: Device, ...choice: Parameters<Device['decide']>): void;
  meet(): void;
}

function world(fields: JsonObject | undefined = first): World {
  const devices = ['A', 'B', 'C'].map((name) => createDevice(name, setting)) as [Device, Device, Device];
  const changes: LoggedChange[] = [];
  const note = (change: LoggedChange | undefined): void => {
    changes.push(...(change === undefined ? [] : [change]));
  };
  const meet = (): void => {
    for (const device of devices) {
      changes.filter((change) => device.disposition(change) === undefined).forEach((change) => device.receive(change));
    }
  };
  if (fields !== undefined) {
    note(devices[0].write({ kind: 'put', fields }));
    meet();
  }
  return {
    devices,
    write: (by, ...patch) => note(by.write({ kind: 'patch', patch })),
    put: (by, next) => note(by.write({ kind: 'put', fields: next })),
    remove: (by) => note(by.write({ kind: 'remove' })),
    decide: (by, ...choice) => note(by.decide(...choice)),
    meet,
  };
}

const to = (path: string, value: JsonValue): PatchOperation => ({ op: 'add', path, value });

function alike({ devices }: World, open: number): Device {
  for (const device of devices) {
    expect(sharedState(device)).toEqual(sharedState(devices[0]));
    expect(device.open().map(({ id }) => id)).toEqual(devices[0].open().map(({ id }) => id));
    expect(device.open()).toHaveLength(open);
    expect(device.row()?.openConflicts).toBe(open);
  }
  return devices[0];
}

function dataOf(device: Device): JsonObject {
  return (device.row()?.fields?.['data'] ?? {}) as JsonObject;
}

function choicesOf(device: Device): readonly unknown[] {
  return device
    .open()
    .flatMap(({ alternatives }) => alternatives.map(({ value, deleted }) => (deleted ? 'gone' : value)));
}

describe('values of crdt that were written apart', () => {
  it('14b of one field are a conflict with both values', () => {
    const w = world();
    const [a, b] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/x', 2));
    w.meet();
    const device = alike(w, 1);
    expect(new Set(choicesOf(device))).toEqual(new Set([1, 2]));
    expect(choicesOf(device)[0]).toBe(dataOf(device)['x']);
    expect(device.open()[0]).toMatchObject({
      kind: 'conflict',
      alternatives: [{ path: '/data/x' }, { path: '/data/x' }],
    });
  });

  it('14b of different fields, and equal ones, both hold', () => {
    const w = world();
    const [a, b, c] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/y', 2));
    w.write(c, to('/data/x', 1));
    w.meet();
    expect(dataOf(alike(w, 0))).toEqual({ x: 1, y: 2 });
  });

  it('14b letters of a text are no conflict, nor are first texts', () => {
    const w = world(undefined);
    const [a, b] = w.devices;
    w.put(a, { kind: 'note', text: 'one\n' });
    w.put(b, { kind: 'note', text: 'two\n' });
    w.meet();
    alike(w, 0);
    w.write(a, to('/text', 'here\n'));
    w.write(b, to('/text', 'there\n'));
    w.meet();
    alike(w, 0);
  });

  it.each(['accept', 'reject'] as const)(
    '14c %s settles it everywhere, and its value is written by who decides',
    (choice) => {
      const w = world();
      const [a, b, c] = w.devices;
      w.write(a, to('/data/x', 1));
      w.write(b, to('/data/x', 2));
      w.meet();
      const [live, other] = choicesOf(c);
      w.decide(c, choice);
      w.meet();
      expect(dataOf(alike(w, 0))['x']).toBe(choice === 'accept' ? live : other);
      expect(a.row()?.deviceId).toBe('C');
    },
  );

  it('14c an edited record settles it, and what nobody wrote stays as it is', () => {
    const w = world();
    const [a, b, c] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/x', 2));
    w.meet();
    w.decide(c, { kind: 'merge', fields: { ...first, data: { x: 3, y: 0 } } });
    w.meet();
    expect(alike(w, 0).row()?.fields).toEqual({ ...first, data: { x: 3, y: 0 } });
  });

  it('14c keeping both, and undoing, are refused in words', () => {
    const w = world();
    const [a, b] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/x', 2));
    w.meet();
    for (const kind of ['keep_both', 'undo'] as const) {
      w.decide(a, { kind });
      expect(a.lastRefusal()).toBe('policy_denied/decision_unsuited');
    }
    w.decide(a, { kind: 'merge', fields: null });
    expect(a.lastRefusal()).toBe('policy_denied/merge_conflict');
    alike(w, 1);
  });

  it('14b it stays open while other fields are written, and a later value ends it', () => {
    const w = world();
    const [a, b, c] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/x', 2));
    w.meet();
    w.write(c, to('/text', 'one\ntwo\n'));
    w.meet();
    w.write(a, to('/data/y', 7));
    w.meet();
    alike(w, 1);
    w.write(b, to('/data/x', 5));
    w.meet();
    expect(alike(w, 0).row()?.fields).toEqual({ ...first, text: 'one\ntwo\n', data: { x: 5, y: 7 } });
  });

  it('14b a value that was taken away here and changed there asks, and gone can be chosen', () => {
    const w = world();
    const [a, b] = w.devices;
    w.write(a, { op: 'remove', path: '/data/x' });
    w.write(b, to('/data/x', 2));
    w.meet();
    expect(new Set(choicesOf(alike(w, 1)))).toEqual(new Set([2, 'gone']));
    const [live] = choicesOf(a);
    w.decide(a, live === 'gone' ? 'accept' : 'reject');
    w.meet();
    expect(dataOf(alike(w, 0))).toEqual({ y: 0 });
  });

  it('14b objects that began apart are one question about the whole of them', () => {
    const w = world({ kind: 'layout' });
    const [a, b] = w.devices;
    w.write(a, to('/data', { left: 1 }));
    w.write(b, to('/data', { right: 2 }));
    w.meet();
    expect(choicesOf(alike(w, 1))).toEqual(expect.arrayContaining([{ left: 1 }, { right: 2 }]));
    const [, other] = choicesOf(b);
    w.decide(b, 'reject');
    w.meet();
    expect(dataOf(alike(w, 0))).toEqual(other);
  });

  it('14b text on one side and bytes on the other are one question about the record', () => {
    const w = world();
    const [a, b] = w.devices;
    w.write(a, to('/text', 'one\ntwo\n'));
    w.put(b, { ...first, text: '/w==', encoding: 'base64' });
    w.meet();
    const device = alike(w, 1);
    const text = { ...first, text: 'one\ntwo\n' };
    expect(choicesOf(device)).toContainEqual(text);
    expect(choicesOf(device)).toContainEqual({ ...first, text: '/w==', encoding: 'base64' });
    w.decide(a, { kind: 'merge', fields: text });
    w.meet();
    expect(alike(w, 0).row()?.fields).toEqual(text);
  });

  it('14b bytes that became text on one side and other bytes on the other are one of the two', () => {
    for (const first of [0, 1] as const) {
      const w = world({ kind: 'note', text: '/w==', encoding: 'base64' });
      const [text, bytes] = [
        { kind: 'note', text: 'two\n' },
        { kind: 'note', text: '/v8=', encoding: 'base64' },
      ];
      w.put(w.devices[first], text);
      w.put(w.devices[1 - first] as Device, bytes);
      w.meet();
      const live = alike(w, 1).row()?.fields;
      expect([text, bytes]).toContainEqual(live);
      w.decide(w.devices[2], 'reject');
      w.meet();
      const other = alike(w, 0).row()?.fields;
      expect([text, bytes]).toContainEqual(other);
      expect(other).not.toEqual(live);
    }
  });

  it('14b who removed the record decided about its values; who did not know of the removal did not', () => {
    const w = world();
    const [a, b, c] = w.devices;
    w.write(a, to('/data/x', 1));
    w.write(b, to('/data/x', 2));
    w.meet();
    w.remove(c);
    w.meet();
    expect(alike(w, 0).row()?.state).toBe('tombstoned');
    w.put(a, first);
    w.meet();
    expect(alike(w, 0).row()?.fields).toEqual(first);
  });
});
