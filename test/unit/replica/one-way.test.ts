import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import type { Write } from '../../../src/replica/names/write.ts';
import { countCalls } from '../../helpers/count-calls.ts';
import { countStoreCalls } from '../../helpers/count-store-calls.ts';
import { type Pair, batchesLacking, setupPair } from '../../helpers/setup-pair.ts';

const workspace = 'workspace' as CollectionName;
const intents = {
  new: (number: number): Intent => ({ kind: 'put', fields: { kind: 'task', title: `one ${number}` } }),
  edit: (number: number): Intent => ({ kind: 'put', fields: { kind: 'task', title: `two ${number}` } }),
  patch: (number: number): Intent => ({
    kind: 'patch',
    patch: [{ op: 'add', path: '/title', value: `three ${number}` }],
  }),
  removal: (): Intent => ({ kind: 'remove' }),
};
type Form = keyof typeof intents;
const forms = Object.keys(intents) as Form[];

/** What is counted of each change: what the store is asked, and which functions are called. */
const ofChange = {
  'row read': 'records.get',
  'row written': 'records.put',
  'change looked up': 'history.get',
  'change added': 'history.addIfAbsent',
  'looked through for secrets': 'redaction/find-secrets findSecrets',
  'intended fields computed': 'merge/values/draft intendedFields',
  'written as canonical JSON': 'base/canonical-json canonicalText',
  'change encoded': 'log/change encodeChange',
  'change decoded': 'log/change decodeChange',
} as const;
/** What is counted of each batch. */
const ofBatch = {
  'header decoded': 'log/header readSignedHeader',
  'batch appended': 'log.append',
  'batch read back': 'log.get',
  'heads read': 'log.heads',
} as const;

type Counts = Readonly<Record<string, number>>;
/** Fewer than ask for a restore point, before which the transaction would be done again. */
const inOneBatch = 40;

/** Per change and per batch, of a local call and of its delivery: what belongs to the batch falls away among so many. */
function costsOf(
  pair: Pair,
  asked: Map<string, number>,
  form: Form,
): { readonly written: Counts; readonly received: Counts } {
  const writes = Array.from({ length: inOneBatch }, (_, number): Write => {
    return { id: `r${number}` as RecordId, intent: intents[form](number) };
  });
  const written = counted(asked, () => {
    expect(pair.a.replica.edit(workspace, writes, 'looked_at').every(({ ok }) => ok)).toBe(true);
  });
  const batches = batchesLacking(pair.a, pair.b, pair.workspace);
  const received = counted(asked, () => {
    expect(pair.b.replica.receive(pair.workspace, batches).appended).toBe(1);
  });
  return { written, received };
}

function counted(asked: Map<string, number>, work: () => void): Counts {
  asked.clear();
  const called = countCalls(work);
  const countOf = (name: string): number => asked.get(name) ?? called.get(name) ?? 0;
  return Object.fromEntries([
    ...Object.entries(ofChange).map(([words, name]) => [words, Math.floor(countOf(name) / inOneBatch)]),
    ...Object.entries(ofBatch).map(([words, name]) => [words, countOf(name)]),
  ]) as Counts;
}

/** Of a new record, an edit by whole fields, one by a patch, and a removal. */
const expected: Readonly<Record<string, { readonly written: string; readonly received: string }>> = {
  'row read': { written: '1 1 1 1', received: '1 1 1 1' },
  'row written': { written: '1 1 1 1', received: '1 1 1 1' },
  'change looked up': { written: '0 0 0 0', received: '1 1 1 1' },
  'change added': { written: '1 1 1 1', received: '1 1 1 1' },
  // Its id, its value, and the patch that a put becomes.
  'looked through for secrets': { written: '2 3 3 1', received: '2 2 2 2' },
  'intended fields computed': { written: '1 1 1 1', received: '0 0 0 0' },
  // A removal remembers how large what it takes away was.
  'written as canonical JSON': { written: '1 1 1 2', received: '1 1 1 1' },
  'change encoded': { written: '1 1 1 1', received: '0 0 0 0' },
  'change decoded': { written: '0 0 0 0', received: '1 1 1 1' },
  'header decoded': { written: '0 0 0 0', received: '1 1 1 1' },
  'batch appended': { written: '1 1 1 1', received: '1 1 1 1' },
  'batch read back': { written: '0 0 0 0', received: '0 0 0 0' },
  'heads read': { written: '1 1 1 1', received: '1 1 1 1' },
};

describe('what a change costs', () => {
  it('356 where a call brings many new records, none of them is read to see whether it takes too much away', () => {
    const asked = new Map<string, number>();
    const { a } = setupPair({ wrapStore: (disk) => countStoreCalls(disk, asked) });
    const writes = Array.from({ length: 200 }, (_, number): Write => {
      return { id: `r${number}` as RecordId, intent: intents.new(number) };
    });
    asked.clear();
    expect(a.replica.edit(workspace, writes).every(({ ok }) => ok)).toBe(true);
    expect(asked.get('records.get')).toBe(writes.length);
  });

  it('356 is so much where it is written, and so much where it is received', () => {
    const asked = new Map<string, number>();
    const pair = setupPair({ wrapStore: (disk) => countStoreCalls(disk, asked) });
    const costs = forms.map((form) => costsOf(pair, asked, form));
    const by = (side: 'written' | 'received', words: string): string =>
      costs.map((cost) => cost[side][words]).join(' ');
    const names = [...Object.keys(ofChange), ...Object.keys(ofBatch)];
    expect(
      Object.fromEntries(
        names.map((words) => [words, { written: by('written', words), received: by('received', words) }]),
      ),
    ).toEqual(expected);
  });
});
