import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { ok } from '../../../src/base/result.ts';
import type { RecordRow } from '../../../src/contract/record.ts';
import { createEditGate } from '../../../src/api/gate/edit-gate.ts';
import type { MassChangePreview } from '../../../src/replica/names/mass-change-preview.ts';
import type { EditWord, Write, WriteResult } from '../../../src/replica/names/write.ts';

const collection = (name: string): CollectionName => name as CollectionName;
const write = (id: string): Write => ({ id: id as RecordId, intent: { kind: 'remove' } });

describe('the edit gate', () => {
  it('gathers the writes of one turn by collection, and answers each caller with its own', async () => {
    const calls: (readonly [string, readonly string[]])[] = [];
    const gate = createEditGate({
      edit: (name, writes) => {
        calls.push([name, writes.map(({ id }) => id)]);
        return writes.map(({ id }) => ok({ id } as RecordRow));
      },
      heldCall: () => undefined,
    });
    const answers = await Promise.all([
      gate.edit(collection('shell'), [write('a'), write('b')]),
      gate.edit(collection('inbox'), [write('c')]),
      gate.edit(collection('shell'), []),
      gate.edit(collection('shell'), [write('d')]),
    ]);
    expect(calls).toEqual([
      ['shell', ['a', 'b', 'd']],
      ['inbox', ['c']],
    ]);
    expect(answers.map((results) => results.map(idOf))).toEqual([['a', 'b'], ['c'], [], ['d']]);
    await gate.edit(collection('shell'), [write('e')]);
    expect(calls).toHaveLength(3);
  });

  it('a failed transaction reaches each of its callers and no other', async () => {
    const gate = createEditGate({
      edit: (name, writes) => {
        if (name === 'shell') {
          throw new Error('the disk is full');
        }
        return writes.map(({ id }) => ok({ id } as RecordRow));
      },
      heldCall: () => undefined,
    });
    const settled = await Promise.allSettled([
      gate.edit(collection('shell'), [write('a')]),
      gate.edit(collection('inbox'), [write('b')]),
      gate.edit(collection('shell'), [write('c')]),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    await expect(gate.edit(collection('inbox'), [write('d')])).resolves.toHaveLength(1);
  });

  it('a call that is confirmed is made by itself, in its place between the others', async () => {
    const calls: (readonly [word: EditWord, readonly string[]])[] = [];
    const gate = createEditGate({
      edit: (_name, writes, word = false) => {
        calls.push([word, writes.map(({ id }) => id)]);
        return writes.map(({ id }) => ok({ id } as RecordRow));
      },
      heldCall: (_name, writes) =>
        writes[0]?.id === 'much' ? ({ message: 'too much' } as MassChangePreview) : undefined,
    });
    const answers = await Promise.all([
      gate.edit(collection('shell'), [write('a')]),
      gate.edit(collection('shell'), [write('much')]),
      gate.edit(collection('shell'), [write('b')]),
      gate.edit(collection('shell'), [write('much')], true),
      gate.edit(collection('shell'), [write('c')]),
    ]);
    expect(calls).toEqual([
      ['looked_at', ['a', 'b']],
      [true, ['much']],
      ['looked_at', ['c']],
    ]);
    expect(answers[1]).toMatchObject([{ ok: false, error: { kind: 'mass_change' } }]);
  });
});

function idOf(result: WriteResult): string {
  return result.ok ? result.value.id : '';
}
