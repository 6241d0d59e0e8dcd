import { describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { Engine } from '../../../src/contract/engine.ts';
import type { Strategy } from '../../../src/contract/strategy.ts';
import { automerge, emptyDocument } from '../../../src/merge/graph/automerge.ts';
import { strategyOf } from '../../../src/merge/strategies.ts';
import { dangerousPathsOf } from '../../../src/merge/values/dangerous.ts';
import { createFileMapping } from '../../../src/merge/values/folder-files.ts';
import { ascend, deepestTree, moveAmong, placeInTree } from '../../../src/merge/values/tree.ts';
import { type Device, changeOf, createDevice, manifestOf, plainEngine } from './world.ts';

/** Files as `{kind: 'file', props: {text}}`, and records of any other kind. */
const files = createFileMapping(
  { kind: 'string' },
  {
    fieldsOf: () => ({ kind: 'file' }),
    container: 'props',
    textField: 'text',
    isFile: (_id, fields) => fields['kind'] === 'file',
  },
);
const engine: Engine = { ...plainEngine, files };
const program = { kind: 'file', props: { text: '#!/bin/sh\n', executable: true } };

describe('26a what was here before files that run were held back', () => {
  const strategy = strategyOf('graph_merge');
  const manifest = manifestOf('graph_merge');

  /** A device that got a program before the law; both wrote apart since. */
  function since(isUngated: boolean): Device {
    const law = { isThere: false };
    const told: Strategy = {
      ...strategy,
      plan: (input) =>
        strategy.plan({
          ...input,
          viewer: {
            ...input.viewer,
            engine: law.isThere ? engine : plainEngine,
            isUngated: ({ changeId }) => isUngated && changeId === 'A1',
          },
        }),
    };
    const [from, device] = [createDevice('A', { manifest }), createDevice('B', { manifest, strategy: told })];
    device.receive(from.write({ kind: 'put', fields: { ...program, n: 0 } }) as LoggedChange);
    law.isThere = true;
    const apart = from.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 1 }] }) as LoggedChange;
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/m', value: 1 }] });
    device.receive(apart);
    return device;
  }

  it('stays approved, and nobody is asked', () => {
    const device = since(true);
    expect([device.row()?.fields, device.open()]).toEqual([{ ...program, n: 1, m: 1 }, []]);
  });

  it('is asked about where it was not', () => {
    expect(since(false).open().length).toBeGreaterThan(0);
  });
});

describe('26b what runs by its name', () => {
  const text = '{"kind":"task","command":"rm"}';

  it.each(['.vscode/tasks.json', '.claude/settings.local.json', '.mcp.json'])(
    'is never made from members: %s',
    (path) => {
      expect(files.toFile(path, { kind: 'task', command: 'rm' })).toBeUndefined();
      const fields = files.toFields({ path, bytes: utf8(text), executable: false, private: false });
      expect(fields).toEqual({ ok: true, value: { kind: 'file', props: { text } } });
      expect(fields.ok && files.toFile(path, fields.value)?.bytes).toEqual(utf8(text));
    },
  );

  it('any other record is', () => {
    expect(files.toFile('tasks.json', { kind: 'task' })?.bytes).toEqual(utf8('{\n  "kind": "task"\n}\n'));
  });
});

describe('27 a member that looks like a dangerous one', () => {
  const context = {
    manifest: manifestOf('graph_merge', { dangerousFields: ['policy'] }),
    viewer: { engine: plainEngine },
  };
  const dangerous = (fields: JsonObject): readonly string[] => dangerousPathsOf(context, null, fields);

  it.each(['policy', 'POLICY', 'ｐolicy', 'pólicy', 'po\u200blicy', 'роlicy'])('is one: %s', (name) => {
    expect(dangerous({ [name]: 1 })).toEqual([`/${name}`]);
  });

  it('another is not', () => {
    expect(dangerous({ police: 1, policies: 1 })).toEqual([]);
  });
});

describe('20 changes of graph_merge', () => {
  it('are applied to the row along a line, and replayed in Automerge where they are apart', () => {
    const document = emptyDocument(automerge());
    const prototype = Object.getPrototypeOf(document) as Pick<typeof document, 'fork' | 'commit'>;
    document.free();
    const fork = vi.spyOn(prototype, 'fork');
    const commit = vi.spyOn(prototype, 'commit');
    const setting = { manifest: manifestOf('graph_merge') };
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const add = (device: Device, path: string, value: JsonObject): LoggedChange =>
      device.write({ kind: 'patch', patch: [{ op: 'add', path, value }] }) as LoggedChange;
    const first = a.write({ kind: 'put', fields: { x: {} } }) as LoggedChange;
    b.receive(first);
    b.receive(add(a, '/line', { n: 1 }));
    expect(fork).not.toHaveBeenCalled();

    const left = add(a, '/x/k', { by: 'A' });
    const right = add(b, '/x/k', { by: 'B' });
    a.receive(right);
    const actors = fork.mock.calls.map(([actor]) => String(actor)).filter((actor) => actor.length > 2);
    // 16 bytes of the device, the stamp, and 8 bytes of the change.
    expect(actors.map((actor) => actor.length)).toEqual(actors.map(() => 2 * (16 + 8 + 8)));
    for (const { stamp } of [left, right]) {
      expect(actors.some((actor) => actor.slice(32, 48) === stamp.replace('-', ''))).toBe(true);
    }
    expect(new Set(actors).size).toBe(2);
    expect(commit.mock.calls.every(([, time]) => time === 0) && commit.mock.calls.length).toBeGreaterThan(0);
  });
});

describe('95 the place of a record in a tree', () => {
  const collection = 'test' as CollectionName;
  const tree = { form: 'edges', path: '/edges', type: 'child_of' } as const;
  const under = (...parents: readonly string[]): JsonObject => ({
    edges: Object.fromEntries(parents.map((to, index) => [`e${index}`, { type: 'child_of', to }])),
  });

  it('is under one parent of its own collection at most', () => {
    expect(placeInTree(tree, collection, under('test/one', 'test/two'))).toEqual({ path: '/edges/e0', parent: 'one' });
    expect(placeInTree(tree, collection, under('other/one', 'test/'))).toBeUndefined();
    const field = { form: 'field', path: '/parent' } as const;
    expect(placeInTree(field, collection, { parent: 'test/one' })).toEqual({ path: '/parent', parent: 'one' });
  });

  it('is followed upwards for a thousand levels', () => {
    const chain =
      (length: number) =>
      (id: RecordId): RecordId | undefined =>
        Number(id) < length ? (String(Number(id) + 1) as RecordId) : undefined;
    expect(deepestTree).toBe(1000);
    expect(ascend('0' as RecordId, chain(999))).toEqual({ kind: 'ends' });
    expect(ascend('0' as RecordId, chain(1000))).toEqual({ kind: 'too_deep' });
    expect(ascend('0' as RecordId, (id) => (id === '2' ? '0' : String(Number(id) + 1)) as RecordId)).toEqual({
      kind: 'cycle',
      members: ['0', '1', '2'],
    });
  });

  it('was given by the latest of the changes that put it there', () => {
    const setting = { manifest: manifestOf('graph_merge') };
    const move = (by: string, tick: number, to: string): LoggedChange =>
      changeOf(by, 1, { operation: 'put', parents: [], value: under(to) }, tick, setting);
    const [early, late, elsewhere] = [move('A', 1, 'test/one'), move('B', 2, 'test/one'), move('C', 3, 'test/two')];
    const place = { path: '/edges/e0', parent: 'one' as RecordId };
    expect(moveAmong([late, elsewhere, early], place, under('test/one'))).toBe(late);
    // Of stamps that are equal the device tells.
    const equal = move('D', 2, 'test/one');
    expect(moveAmong([equal, late, early], place, under('test/one'))).toBe(equal);
  });
});
