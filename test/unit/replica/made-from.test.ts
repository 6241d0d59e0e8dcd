import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import { versionOf } from '../../../src/replica/names/version.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

const note: Place = ['presence', 'n'];
const task: Place = ['workspace', 'w'];

function textOf(device: TestDevice): unknown {
  return device.fields(note)?.['text'];
}

function errorOf(result: WriteResult): unknown {
  return result.ok ? 'written' : { kind: result.error.kind };
}

/** A note that another device has changed since it was saved to a file here. */
function behind() {
  const pair = setupPair();
  const { a, b, clock, exchange } = pair;
  const seen = a.put(note, { kind: 'note', text: 'one\ntwo\nthree\n' });
  exchange();
  clock.nowMs += 1;
  b.put(note, { kind: 'note', text: 'one\nTWO, there\nthree\n' });
  exchange();
  clock.nowMs += 1;
  return { ...pair, seen };
}

const mine = { kind: 'put', fields: { kind: 'note', text: 'ONE, here\ntwo\nthree\n' } } as const;

describe('a write that was made from an older version', () => {
  it('17 stands upon that version, and both edits hold on every device', () => {
    const { a, b, seen, exchange } = behind();
    const result = a.write(note, mine, { madeFrom: seen.heads });
    expect(
      result.ok && a.replica.history('presence' as CollectionName, 'n' as RecordId).at(-1)?.change.parents,
    ).toEqual(seen.heads);
    exchange();
    expect(textOf(a)).toBe('ONE, here\nTWO, there\nthree\n');
    expect(textOf(b)).toBe(textOf(a));
  });

  it('17 without it the same write takes back what came since', () => {
    const { a } = behind();
    a.write(note, mine);
    expect(textOf(a)).toBe('ONE, here\ntwo\nthree\n');
  });

  it('17 again and again from one version: no id of a shared document is given twice', () => {
    const { a, b, seen, clock, exchange } = behind();
    for (const word of ['x', 'y', 'z']) {
      clock.nowMs += 1;
      const fields = { kind: 'note', text: `one ${word}\ntwo\nthree\n` };
      expect(a.write(note, { kind: 'put', fields }, { madeFrom: seen.heads }).ok).toBe(true);
    }
    exchange();
    expect(textOf(b)).toBe(textOf(a));
    for (const word of ['x', 'y', 'z', 'TWO, there']) {
      expect(textOf(a)).toContain(word);
    }
  });

  it('17 from the heads at hand it is a write like any other', () => {
    const { a } = behind();
    const { heads } = a.row(note) ?? { heads: [] };
    a.write(note, mine, { madeFrom: [...heads].reverse() });
    expect(textOf(a)).toBe('ONE, here\ntwo\nthree\n');
    expect(a.row(note)?.heads).toHaveLength(1);
  });

  it('17 a removal from an older version does not remove what came since', () => {
    const { a, b, seen, exchange } = behind();
    a.write(note, { kind: 'remove' }, { madeFrom: seen.heads });
    exchange();
    expect(textOf(a)).toBe('one\nTWO, there\nthree\n');
    expect(textOf(b)).toBe(textOf(a));
  });

  it('17 graph_merge takes a patch of the older version, and edits of other members both hold', () => {
    const { a, b, clock, exchange } = setupPair();
    const seen = a.put(task, { kind: 'task', title: 'one', props: { n: 1 } });
    exchange();
    clock.nowMs += 1;
    b.patch(task, { op: 'add', path: '/props/n', value: 2 });
    exchange();
    clock.nowMs += 1;
    const fields = { kind: 'task', title: 'two', props: { n: 1 } };
    expect(a.write(task, { kind: 'put', fields }, { madeFrom: seen.heads }).ok).toBe(true);
    exchange();
    expect(a.fields(task)).toEqual({ kind: 'task', title: 'two', props: { n: 2 } });
    expect(b.fields(task)).toEqual(a.fields(task));
  });

  it('18 what was made from a version that is not held here is refused by a kind of its own, and nothing is written', () => {
    const { a, seen } = behind();
    const before = a.row(note);
    for (const madeFrom of [['x'.repeat(43) as ChangeId], [...seen.heads, 'y'.repeat(43) as ChangeId]]) {
      expect(errorOf(a.write(note, mine, { madeFrom }))).toEqual({ kind: 'base_unknown' });
    }
    expect(a.row(note)).toEqual(before);
  });

  it('18 a version of another record is not one of this', () => {
    const { a, clock } = behind();
    clock.nowMs += 1;
    const other = a.put(['presence', 'other'], { kind: 'note', text: 'x' });
    expect(errorOf(a.write(note, mine, { madeFrom: other.heads }))).toEqual({ kind: 'base_unknown' });
  });

  it('18 where what holds is decided on top of what is there, it is refused by a kind of its own', () => {
    const { a, clock } = setupPair();
    const alias: Place = ['shell', 's'];
    const fields = (body: string) => ({ kind: 'alias', name: 'l', body });
    const seen = a.put(alias, fields('ls'));
    clock.nowMs += 1;
    a.put(alias, fields('ls -l'));
    const result = a.write(alias, { kind: 'put', fields: fields('ls -a') }, { madeFrom: seen.heads });
    expect(errorOf(result)).toEqual({ kind: 'base_unsuited' });
    expect(a.fields(alias)).toEqual(fields('ls -l'));
  });

  it('19 the version that is there is held against ifVersion, and secrets are looked for', () => {
    const { a, seen } = behind();
    const row = a.row(note);
    expect(errorOf(a.write(note, mine, { madeFrom: seen.heads, ifVersion: seen.version }))).toEqual({
      kind: 'version_mismatch',
    });
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const fields = { kind: 'note', text: `one\ntwo\nthree ${secret} more\n` };
    expect(errorOf(a.write(note, { kind: 'put', fields }, { madeFrom: seen.heads }))).toEqual({ kind: 'refused' });
    expect(a.row(note)).toEqual(row);
    expect(a.write(note, mine, { madeFrom: seen.heads, ifVersion: row ? versionOf(row) : null }).ok).toBe(true);
  });

  it('17 of a record that is deleted and collected, its versions are known still', () => {
    const { a, clock } = behind();
    const seen = a.row(note)?.heads ?? [];
    clock.nowMs += 1;
    a.remove(note);
    expect(a.disk.records.collect('presence' as CollectionName, 'n' as RecordId)).toBe(true);
    const edit = { kind: 'put', fields: { kind: 'note', text: 'one\nTWO, there\nthree, after all\n' } } as const;
    expect(a.write(note, edit, { madeFrom: seen }).ok).toBe(true);
    expect(textOf(a)).toBe('one\nTWO, there\nthree, after all\n');
  });

  it('17 who saw no record writes beside the one that is there', () => {
    const { a, b, exchange } = behind();
    expect(a.write(note, mine, { madeFrom: [] }).ok).toBe(true);
    exchange();
    expect(a.row(note)?.heads).toHaveLength(2);
    expect(textOf(b)).toBe(textOf(a));
  });
});
