import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeId, DeviceId, RecordId, ScopeId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { changeGraph } from '../../../src/merge/values/causal.ts';
import { mergeBranches } from '../../../src/merge/graph/graph-automerge.ts';
import { foldBranches } from '../../../src/merge/graph/graph-fold.ts';
import { type Branches, type Notes, recordStep } from '../../../src/merge/graph/graph-steps.ts';
import { graphTexts } from '../../../src/merge/graph/graph-texts.ts';
import { runs } from '../../helpers/suite.ts';

const textPaths = ['/props/text'];

/** One change of a history: what it writes, and by how far back its parents lie. */
interface Written {
  readonly what: Pick<LoggedChange, 'operation'> & { readonly value: JsonValue };
  readonly back: readonly number[];
}

const line = fc.constantFrom('one', 'two', 'three', 'four');
const text = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'));
const add = (path: string, value: JsonValue): Written['what'] => ({
  operation: 'patch',
  value: [{ op: 'add', path, value }],
});

const what: fc.Arbitrary<Written['what']> = fc.oneof(
  { weight: 6, arbitrary: text.map((value) => add('/props/text', value)) },
  { weight: 3, arbitrary: fc.constantFrom('/a', '/b/x', '/b/y', '/c', '/d').map((path) => add(path, 1)) },
  { weight: 1, arbitrary: fc.constantFrom('/a', '/b', '/b/x').map((path) => add(path, { x: 2 })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('/a', '/b', '/b/x', '/props/text')
      .map((path) => ({ operation: 'patch', value: [{ op: 'remove', path }] }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      operation: 'patch',
      value: [
        { op: 'add', path: '/props/text', value: '/w==' },
        { op: 'add', path: '/props/encoding', value: 'base64' },
      ],
    } as const),
  },
  {
    weight: 1,
    arbitrary: text.map((value) => ({ operation: 'put', value: { a: 1, props: { text: value } } }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ operation: 'tombstone', value: null } as const) },
);

const histories = fc.array(fc.record({ what, back: fc.array(fc.nat(4), { minLength: 1, maxLength: 2 }) }), {
  minLength: 2,
  maxLength: 12,
});

function changesOf(written: readonly Written[]): readonly LoggedChange[] {
  const first: Written = {
    what: { operation: 'put', value: { a: 0, b: { x: 0 }, props: { text: 'one\ntwo\nthree\nfour' } } },
    back: [],
  };
  const ids = [first, ...written].map((_, index) => `c${index}` as ChangeId);
  return [first, ...written].map(({ what: { operation, value }, back }, index) => ({
    ...{ collection: 'test', objectId: 'r' as RecordId, schemaVersion: '1.0.0', operation, value },
    parents: [...new Set(back.map((steps) => ids[Math.max(0, index - 1 - steps)] as ChangeId))],
    ...{ authorId: 'somebody', managedBy: 'user', stamp: `${index.toString(16).padStart(12, '0')}-0000` },
    ...{ changeId: ids[index], scopeId: 'scope' as ScopeId, deviceId: `d${index % 3}` as DeviceId },
    ...{ sequence: index + 1, index: 1 },
  })) as unknown as readonly LoggedChange[];
}

function branchesOf(changes: readonly LoggedChange[]): Branches {
  const graph = changeGraph(changes);
  const notes: Notes = { steps: new Map(), malformed: new Set(), texts: graphTexts(graph, textPaths) };
  const { lineLength, ordered } = graph;
  const base = ordered.slice(0, lineLength).reduce((state, change) => recordStep(change, state, notes).state, {});
  const heads = graph.heads.flatMap((id) => graph.get(id) ?? []);
  return { graph, base, branched: ordered.slice(lineLength), heads, notes };
}

describe('branches that nowhere wrote over each other', () => {
  it('21b come to the same with and without Automerge, and so does every step of theirs', () => {
    let folded = 0;
    let apart = 0;
    fc.assert(
      fc.property(histories, (written) => {
        const changes = changesOf(written);
        const [one, other] = [branchesOf(changes), branchesOf(changes)];
        const fold = foldBranches(one, textPaths);
        if (fold === undefined) {
          apart++;
          return;
        }
        folded++;
        expect(fold).toEqual(mergeBranches(other));
        expect(one.notes.steps).toEqual(other.notes.steps);
        expect(one.notes.malformed).toEqual(other.notes.malformed);
      }),
      { numRuns: runs(100, 400) },
    );
    expect(Math.min(folded, apart)).toBeGreaterThan(runs(10, 40));
  });

  it('21b what was begun without Automerge and given up leaves nothing behind', () => {
    fc.assert(
      fc.property(histories, (written) => {
        const changes = changesOf(written);
        const [one, other] = [branchesOf(changes), branchesOf(changes)];
        if (foldBranches(one, textPaths) === undefined) {
          expect(mergeBranches(one)).toEqual(mergeBranches(other));
          expect(one.notes.steps).toEqual(other.notes.steps);
        }
      }),
      { numRuns: runs(50, 200) },
    );
  });

  it('21b edits of one text by several are folded', () => {
    const changes = changesOf([
      { what: add('/props/text', 'ONE\ntwo\nthree\nfour'), back: [0] },
      { what: add('/props/text', 'one\ntwo\nthree\nFOUR'), back: [1] },
      { what: add('/c', 1), back: [2] },
    ]);
    expect(foldBranches(branchesOf(changes), textPaths)).toEqual({
      ...{ a: 0, b: { x: 0 }, c: 1 },
      props: { text: 'ONE\ntwo\nthree\nFOUR' },
    });
  });

  it('21b objects that two made apart, to write into them, are left to Automerge', () => {
    const changes = changesOf([
      { what: { operation: 'patch', value: [{ op: 'remove', path: '/b' }] }, back: [0] },
      { what: add('/b/x', 1), back: [0] },
      { what: add('/b/y', 1), back: [1] },
    ]);
    expect(foldBranches(branchesOf(changes), textPaths)).toBeUndefined();
  });
});
