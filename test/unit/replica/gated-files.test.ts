import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { FolderFile } from '../../../src/contract/engine.ts';
import { laws } from '../../../src/replica/lists/old-changes.ts';
import { setupDevices } from '../../helpers/setup-pair.ts';
import type { Devices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

type Linked = 'workspace' | 'notes';
const linked = ['workspace', 'notes'] as const;

interface World extends Devices {
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly c: TestDevice;
}

function setup(): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  return { ...devices, a, b, c };
}

function mapping(device: TestDevice, collection: Linked) {
  const files = device.bindings.ofCollection(collection as CollectionName)?.engine.files;
  assert(files !== undefined, 'it may be linked to a folder');
  return files;
}

/** Saves a file as the link of a folder does. */
function save(device: TestDevice, collection: Linked, path: string, text: string, executable = false): void {
  const file: FolderFile = { path, bytes: utf8(text), executable, private: false };
  const fields = mapping(device, collection).toFields(file);
  assert(fields.ok, 'it can be a record');
  device.put([collection, path], fields.value);
}

/** What would be on the disk: the text, with ! before it where it may be run. */
function onDisk(device: TestDevice, collection: Linked, path: string): string | undefined {
  const fields = device.fields([collection, path]);
  const file = fields ? mapping(device, collection).toFile(path, fields) : undefined;
  return file && `${file.executable ? '!' : ''}${Buffer.from(file.bytes).toString()}`;
}

const accept = (device: TestDevice): void => {
  const open = device.reviews().map(({ id }) => id);
  expect(device.replica.decide(open, 'accept').every(({ ok }) => ok)).toBe(true);
};

describe.each(linked)('files of another device that run by themselves, in %s', (collection) => {
  it('320 the item shows what accepting makes of the file as it is now, not what its author had', () => {
    const { a, b, exchange } = setup();
    save(a, collection, 'deploy', 'one\ntwo\nthree\n');
    exchange();
    save(b, collection, 'deploy', 'one\ntwo\nthree of b\n', true);
    save(a, collection, 'deploy', 'one of a\ntwo\nthree\n');
    exchange();
    const [item] = a.reviews();
    assert(item !== undefined, 'it waits');
    const shown = a.replica.reviewDetail(item)?.choices.find(({ change }) => change !== null);
    accept(a);
    const fields = a.fields([collection, 'deploy']);
    expect(onDisk(a, collection, 'deploy')).toBe('!one of a\ntwo\nthree of b\n');
    expect(shown?.path === '' ? shown.value : fields).toEqual(fields);
  });

  it.each([
    ['.envrc', false, 'direnv'],
    ['.git/hooks/post-checkout', false, 'git'],
    ['.vscode/tasks.json', false, 'editor'],
    ['.ssh/authorized_keys', false, 'ssh'],
    ['.ЕNVRC', false, 'direnv'],
    ['bin/deploy', true, 'executable'],
  ])('320 %s is no file before a person accepts it, and the item says why', (path, executable, why) => {
    const { a, b, exchange } = setup();
    save(b, collection, path, '{"kind": "x", "title": "y"}\n', executable);
    exchange();
    expect(onDisk(b, collection, path)).toContain('kind');
    expect(onDisk(a, collection, path)).toBeUndefined();
    const [item, ...more] = a.reviews();
    expect(more).toEqual([]);
    expect(item).toMatchObject({ kind: 'proposal', recordId: path, deviceId: b.keys.deviceId });
    expect(item?.summary).toContain('runs by itself: ');
    expect(item?.summary).toContain(why);
    a.restart();
    expect(onDisk(a, collection, path)).toBeUndefined();
    accept(a);
    expect(onDisk(a, collection, path)).toBe(onDisk(b, collection, path));
    expect(a.reviews()).toEqual([]);
    exchange();
    a.restart();
    expect(onDisk(a, collection, path)).toBe(onDisk(b, collection, path));
  });

  it.each(['README.md', 'src/main.ts', 'package.json', '.github/workflows/ci.yml', 'Makefile', '.env'])(
    '321 %s does not wait',
    (path) => {
      const { a, b, exchange } = setup();
      save(b, collection, path, 'text\n');
      exchange();
      expect(onDisk(a, collection, path)).toBe('text\n');
      save(b, collection, path, 'more\n');
      exchange();
      expect([onDisk(a, collection, path), a.reviews(), a.held()]).toEqual(['more\n', [], []]);
    },
  );

  it('321 what a person saves here never waits here', () => {
    const { a } = setup();
    save(a, collection, '.envrc', 'one\n');
    save(a, collection, 'run', 'two\n', true);
    save(a, collection, '.envrc', 'three\n');
    expect([onDisk(a, collection, '.envrc'), onDisk(a, collection, 'run'), a.reviews()]).toEqual([
      'three\n',
      '!two\n',
      [],
    ]);
  });

  it('322 what was accepted stays as it was while the next version waits', () => {
    const { a, b, exchange } = setup();
    save(b, collection, '.envrc', 'one\n');
    exchange();
    accept(a);
    exchange();
    save(b, collection, '.envrc', 'two\n');
    exchange();
    expect([onDisk(a, collection, '.envrc'), a.reviews().length]).toEqual(['one\n', 1]);
    accept(a);
    expect([onDisk(a, collection, '.envrc'), a.reviews()]).toEqual(['two\n', []]);
  });

  it('323 the text of a program that was accepted goes on without a question', () => {
    const { a, b, exchange } = setup();
    save(b, collection, 'run', 'one\n', true);
    exchange();
    accept(a);
    exchange();
    save(b, collection, 'run', 'two\n', true);
    exchange();
    expect([onDisk(a, collection, 'run'), a.reviews(), a.held()]).toEqual(['!two\n', [], []]);
    save(b, collection, 'run', 'three\n');
    exchange();
    expect([onDisk(a, collection, 'run'), a.reviews()]).toEqual(['three\n', []]);
  });

  it('324 a file that is made executable waits', () => {
    const { a, b, exchange } = setup();
    save(b, collection, 'run', 'one\n');
    exchange();
    save(b, collection, 'run', 'one\n', true);
    exchange();
    expect([onDisk(a, collection, 'run'), a.reviews().length]).toEqual(['one\n', 1]);
    accept(a);
    expect([onDisk(a, collection, 'run'), a.reviews()]).toEqual(['!one\n', []]);
  });

  it('325 turned down, it never becomes a file, and nobody is asked again', () => {
    const { a, b, exchange } = setup();
    save(b, collection, '.envrc', 'one\n');
    exchange();
    const [item] = a.reviews();
    expect(a.replica.decide([item?.id ?? ''], 'reject')).toMatchObject([{ ok: true }]);
    exchange();
    a.restart();
    exchange();
    expect([onDisk(a, collection, '.envrc'), a.reviews()]).toEqual([undefined, []]);
  });
});

describe('in workspace, where a yes travels', () => {
  it('327 accepted on one device it is on all, and who comes later is not asked', () => {
    const { a, b, c, exchange } = setup();
    save(b, 'workspace', '.envrc', 'one\n');
    save(b, 'workspace', 'run', 'two\n', true);
    exchange();
    expect([a.reviews().length, c.reviews().length]).toEqual([2, 2]);
    accept(a);
    exchange();
    expect(c.reviews()).toEqual([]);
    expect([onDisk(c, 'workspace', '.envrc'), onDisk(c, 'workspace', 'run')]).toEqual(['one\n', '!two\n']);
  });

  it('327 an edit here beside one that waits keeps what waits out', () => {
    const { a, b, exchange } = setup();
    save(b, 'workspace', '.envrc', 'one\n');
    exchange();
    accept(a);
    exchange();
    save(b, 'workspace', '.envrc', 'evil\n');
    exchange();
    save(a, 'workspace', '.envrc', 'mine\n');
    expect(onDisk(a, 'workspace', '.envrc')).toBe('mine\n');
    exchange();
    expect(onDisk(a, 'workspace', '.envrc')).toBe('mine\n');
    expect(onDisk(b, 'workspace', '.envrc')).toBe('evil\n');
  });

  it('327 two hostile steps come to no more than one', () => {
    const { a, b, exchange } = setup();
    save(b, 'workspace', 'run', 'one\n', true);
    exchange();
    b.patch(['workspace', 'run'], { op: 'add', path: '/props/text', value: 'two\n' });
    exchange();
    b.patch(['workspace', 'run'], { op: 'add', path: '/props/path', value: 'run' });
    exchange();
    expect(onDisk(a, 'workspace', 'run')?.startsWith('!')).not.toBe(true);
    expect(a.reviews()).toHaveLength(1);
  });

  it('327 a record that says more than a file cannot pass for one', () => {
    const { a, b, exchange } = setup();
    b.put(['workspace', '.vscode/tasks.json'], { kind: 'task', title: 'y', version: '2.0.0', tasks: [] });
    exchange();
    expect(onDisk(a, 'workspace', '.vscode/tasks.json')).toBeUndefined();
    expect(onDisk(b, 'workspace', '.vscode/tasks.json')).toBeUndefined();
  });

  it('328 a file that is renamed to what runs by itself waits; a renamed program is there, and may not be run yet', () => {
    const { a, b, exchange } = setup();
    save(b, 'workspace', 'plain', 'one\n');
    save(b, 'workspace', 'run', 'two\n', true);
    exchange();
    accept(a);
    exchange();
    const move = (from: string, to: string) =>
      b.replica.move('workspace' as CollectionName, [{ from: from as RecordId, to: to as RecordId }]);
    expect(move('plain', '.envrc')).toMatchObject([{ ok: true }]);
    expect(move('run', 'bin/run')).toMatchObject([{ ok: true }]);
    exchange();
    expect(onDisk(a, 'workspace', '.envrc')).toBeUndefined();
    expect(onDisk(a, 'workspace', 'bin/run')).toBe('two\n');
    accept(a);
    expect([onDisk(a, 'workspace', '.envrc'), onDisk(a, 'workspace', 'bin/run')]).toEqual(['one\n', '!two\n']);
  });
});

describe('what was here before this law', () => {
  it('326 stays as it was, also where its history is merged again', () => {
    const { a, b, c, workspace, exchange } = setup();
    save(b, 'workspace', '.envrc', 'one\n');
    exchange();
    expect(onDisk(a, 'workspace', '.envrc')).toBeUndefined();
    // As on a device that had it all the time and upgrades now.
    a.disk.settings.set(laws.selfRunningFiles, { [workspace]: { [b.keys.deviceId]: 1 } });
    a.restart();
    c.patch(['workspace', '.envrc'], { op: 'add', path: '/title', value: 'c' });
    b.patch(['workspace', '.envrc'], { op: 'add', path: '/tags', value: ['b'] });
    exchange();
    expect([onDisk(a, 'workspace', '.envrc'), a.reviews()]).toEqual(['one\n', []]);
    save(b, 'workspace', '.envrc', 'two\n');
    exchange();
    expect([onDisk(a, 'workspace', '.envrc'), a.reviews().length]).toEqual(['one\n', 1]);
  });

  it('326 a home that begins with it has nothing from before', () => {
    const { a } = setup();
    expect(a.disk.settings.get(laws.selfRunningFiles)).toEqual({});
  });
});

describe('edges that look as if they were dangerous', () => {
  it.each(['policy', 'hаs_policy', 'POLICY', 'ｐolicy', 'po\u200blicy', 'Autоmation', 'automation.trigger'])(
    '329 %s waits',
    (type) => {
      const { a, b, exchange } = setup();
      b.put(['workspace', 'r'], { kind: 'repo', title: 'r', edges: { e: { type, to: 'policy/x' } } });
      exchange();
      expect(a.fields(['workspace', 'r'])).toMatchObject({ edges: {} });
      expect(a.reviews()).toHaveLength(1);
    },
  );

  it('329 other edges do not', () => {
    const { a, b, exchange } = setup();
    b.put(['workspace', 'r'], { kind: 'repo', title: 'r', edges: { e: { type: 'depends', to: 'workspace/x' } } });
    exchange();
    expect(a.reviews()).toEqual([]);
  });
});
