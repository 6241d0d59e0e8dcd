import { describe, expect, it } from 'vitest';
import {
  type Agreement,
  type FileAction,
  type FileSide,
  planFile,
  type RecordSide,
} from '../../../src/sources/ground/plan-file.ts';

const absent: FileSide = { kind: 'absent' };
const blocked: FileSide = { kind: 'blocked' };
const file = (content: string, isPrivate = false): FileSide => ({
  ...{ kind: 'present', fingerprint: content + (isPrivate ? ' private' : ''), content, private: isPrivate },
});
const live = (content: string, version: string, isPrivate = false): RecordSide => ({
  ...{ kind: 'live', fingerprint: content + (isPrivate ? ' private' : ''), content, private: isPrivate, version },
});
const unknown: RecordSide = { kind: 'unknown' };
const waiting: RecordSide = { kind: 'waiting' };
const givenUp: RecordSide = { kind: 'given_up' };
const removed: RecordSide = { kind: 'removed' };
const unfit: RecordSide = { kind: 'unfit' };
const agreed: Agreement = { hash: 'a', version: 'v1' };
const absence: Agreement = { hash: null, version: 'v1' };

const cases: readonly (readonly [FileSide, Agreement | undefined, RecordSide, FileAction])[] = [
  [absent, undefined, unknown, 'none'],
  [absent, undefined, waiting, 'none'],
  [absent, undefined, givenUp, 'none'],
  [absent, undefined, removed, 'none'],
  [absent, undefined, unfit, 'none'],
  [absent, undefined, live('b', 'v2'), 'write'],
  [file('b'), undefined, unknown, 'take'],
  [file('b'), undefined, waiting, 'take'],
  [file('b'), undefined, givenUp, 'take'],
  [file('b'), undefined, removed, 'take'],
  [file('b'), undefined, unfit, 'none'],
  [file('b'), undefined, live('b', 'v2'), 'agree'],
  [file('b'), undefined, live('c', 'v2'), 'merge'],
  [file('b'), undefined, live('b', 'v2', true), 'write'],
  [file('b', true), undefined, live('b', 'v2'), 'agree'],
  [file('b', true), undefined, live('b', 'v2', true), 'agree'],
  [absent, absence, unknown, 'none'],
  [absent, absence, waiting, 'none'],
  [absent, absence, removed, 'none'],
  [absent, absence, unfit, 'none'],
  [absent, absence, live('a', 'v2'), 'write'],
  [file('b'), absence, unknown, 'take'],
  [file('b'), absence, waiting, 'take'],
  [file('b'), absence, removed, 'take'],
  [file('b'), absence, live('b', 'v2'), 'agree'],
  [file('b'), absence, live('c', 'v2'), 'merge'],
  [absent, agreed, unknown, 'forget'],
  [absent, agreed, waiting, 'forget'],
  [absent, agreed, givenUp, 'forget'],
  [absent, agreed, removed, 'forget'],
  [absent, agreed, unfit, 'none'],
  [absent, agreed, live('a', 'v1'), 'remove_record'],
  [absent, agreed, live('a', 'v2'), 'remove_record'],
  [absent, agreed, live('b', 'v2'), 'write'],
  [file('a'), agreed, unknown, 'take'],
  [file('a'), agreed, waiting, 'none'],
  [file('a'), agreed, givenUp, 'remove_file'],
  [file('a'), agreed, removed, 'remove_file'],
  [file('a'), agreed, unfit, 'none'],
  [file('a'), agreed, live('a', 'v1'), 'none'],
  [file('a'), agreed, live('a', 'v2'), 'agree'],
  [file('a'), agreed, live('b', 'v2'), 'write'],
  [file('b'), agreed, unknown, 'take'],
  [file('b'), agreed, waiting, 'take'],
  [file('b'), agreed, givenUp, 'take'],
  [file('b'), agreed, removed, 'take'],
  [file('b'), agreed, unfit, 'none'],
  [file('b'), agreed, live('a', 'v1'), 'take'],
  [file('b'), agreed, live('a', 'v2'), 'take'],
  [file('b'), agreed, live('b', 'v2'), 'agree'],
  [file('b'), agreed, live('c', 'v2'), 'merge'],
];

describe('F1 one decision for one path', () => {
  it.each(cases)('F1 file %j, agreed %j, record %j: %s', (fileSide, agreement, record, action) => {
    expect(planFile(fileSide, agreement, record)).toBe(action);
  });

  it.each(cases.map(([, agreement, record]) => [agreement, record] as const))(
    'F1 a blocked file, agreed %j, record %j: none',
    (agreement, record) => expect(planFile(blocked, agreement, record)).toBe('none'),
  );

  it('F4 content that is in no log is never what gives way', () => {
    const gives = new Set<FileAction>(['write', 'remove_file', 'agree', 'none']);
    for (const [fileSide, agreement, record, action] of cases) {
      const known = [agreement?.hash, record.kind === 'live' ? record.content : undefined];
      if (fileSide.kind === 'present' && !known.includes(fileSide.content) && record.kind !== 'unfit') {
        expect(gives.has(action)).toBe(false);
      }
    }
  });
});
