import { describe, expect, it } from 'vitest';
import type { ChangeId, DeviceId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { reviewState } from '../../../src/merge/review/review-state.ts';
import { changeOf, manifestOf, plainEngine } from './world.ts';

const setting = { manifest: manifestOf('manual_review') };
const after = (...changes: readonly LoggedChange[]): readonly ChangeId[] => changes.map(({ changeId }) => changeId);
const put = (by: string, number: number, tick: number, a: string, ...on: readonly LoggedChange[]): LoggedChange =>
  changeOf(by, number, { operation: 'put', parents: after(...on), value: { a } }, tick, setting);
const say = (
  by: string,
  number: number,
  tick: number,
  value: JsonObject,
  ...on: readonly LoggedChange[]
): LoggedChange => changeOf(by, number, { operation: 'command', parents: after(...on), value }, tick, setting);

/** What is live on each of three devices, where everything was said before the laws, or nothing was. */
function liveWhere(isOld: boolean, changes: readonly LoggedChange[]): readonly JsonValue[] {
  return ['A', 'B', 'C'].map((self) => {
    const viewer = { self: self as DeviceId, reviewMode: 'once', engine: plainEngine, isOld: () => isOld } as const;
    return reviewState(changes, viewer).live.fields?.['a'] ?? null;
  });
}

const first = put('A', 1, 1, 'one');
const yes = say('B', 1, 2, { decision: 'accept', proposals: ['A1'] }, first);
const second = put('A', 2, 3, 'two', yes);
const merge = say('B', 2, 4, { decision: 'merge', fields: { a: 'mixed' }, proposals: ['A2'] }, second);
const no = say('B', 2, 4, { decision: 'reject', proposals: ['A2'] }, second);
const undo = say('C', 1, 5, { decision: 'undo', undoes: ['B1'] }, yes);
const apart = say('C', 1, 5, { decision: 'reject', proposals: ['A1'] }, first);
const turned = say('C', 1, 5, { decision: 'reject', proposals: ['A1'] }, yes);

describe('42e what was approved before decisions had their laws stays approved', () => {
  it.each<[string, readonly LoggedChange[], readonly JsonValue[], readonly JsonValue[]]>([
    ['a merge', [first, yes, second, merge], ['mixed', 'mixed', 'mixed'], ['two', 'mixed', 'one']],
    ['a rejection, also at the author', [first, yes, second, no], ['one', 'one', 'one'], ['two', 'one', 'one']],
    ['an undo by whoever', [first, yes, undo], ['one', null, null], ['one', 'one', 'one']],
    ['the later of two answers apart', [first, yes, apart], [null, null, null], ['one', null, null]],
    ['and of two of which one knew the other', [first, yes, turned], [null, null, null], ['one', 'one', 'one']],
  ])('%s', (_what, changes, before, since) => {
    expect(liveWhere(true, changes)).toEqual(before);
    expect(liveWhere(false, changes)).toEqual(since);
  });
});

describe('41, 42 no clock holds over what was decided upon a decision', () => {
  it('a yes that was said under a clock far ahead does not come back over later edits', () => {
    const ahead = say('B', 1, 1_000_000, { decision: 'accept', proposals: ['A1'] }, first);
    const edit = put('C', 1, 4, 'later', ahead);
    const accepted = say('A', 2, 5, { decision: 'accept', proposals: ['C1'] }, edit);
    expect(liveWhere(false, [first, ahead, edit, accepted])).toEqual(['later', 'later', 'later']);
  });

  it('nor does an edit that was written under one', () => {
    const ahead = put('A', 2, 1_000_000, 'ahead', yes);
    const accepted = say('B', 2, 6, { decision: 'accept', proposals: ['A2'] }, ahead);
    const edit = put('C', 1, 7, 'later', accepted);
    const again = say('B', 3, 8, { decision: 'accept', proposals: ['C1'] }, edit);
    expect(liveWhere(false, [first, yes, ahead, accepted, edit, again])).toEqual(['later', 'later', 'later']);
  });

  it.each([
    [5, 9, 'of C'],
    [9, 5, 'of A'],
  ])('stamps order what was decided apart: %i and %i', (left, right, live) => {
    const ofA = put('A', 2, 4, 'of A', yes);
    const ofC = put('C', 1, 4, 'of C', yes);
    const says = [
      say('B', 2, left, { decision: 'accept', proposals: ['A2'] }, ofA),
      say('D', 1, right, { decision: 'accept', proposals: ['C1'] }, ofC),
    ];
    expect(liveWhere(false, [first, yes, ofA, ofC, ...says])).toEqual([live, live, live]);
  });

  it('a patch of what is not live stands on what its author saw', () => {
    const patch = changeOf(
      ...(['C', 1, { operation: 'patch', parents: after(yes), value: [{ op: 'add', path: '/b', value: 1 }] }] as const),
      ...([5, setting] as const),
    );
    const undone = say('B', 2, 6, { decision: 'undo', undoes: ['B1'] }, yes, patch);
    const accepted = say('A', 2, 7, { decision: 'accept', proposals: ['C1'] }, undone);
    // Nothing was approved any more, and C had seen the first value.
    expect(liveWhere(false, [first, yes, patch, undone, accepted])).toEqual(['one', 'one', 'one']);
  });

  it('what an engine makes of what a yes lets in holds for as long as the yes does', () => {
    const engine = { ...plainEngine, accepted: (fields: JsonObject) => ({ ...fields, seen: true }) };
    const seenBy = (self: string, ...changes: readonly LoggedChange[]): JsonValue =>
      reviewState(changes, { self: self as DeviceId, reviewMode: 'once', engine }).live.fields;
    const undone = say('B', 2, 6, { decision: 'undo', undoes: ['B1'] }, yes);
    expect(['A', 'B', 'C'].map((self) => seenBy(self, first, yes))).toEqual(Array(3).fill({ a: 'one', seen: true }));
    expect(['A', 'B', 'C'].map((self) => seenBy(self, first, yes, undone))).toEqual([{ a: 'one' }, null, null]);
  });
});
