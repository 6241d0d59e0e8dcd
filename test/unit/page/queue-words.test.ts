import { describe, expect, it } from 'vitest';
import { harmlessBeside, waysOf } from '../../../page/queue/decisions.ts';
import { authorName, givingCommand, sideTitles, titleOf, whyItWaits } from '../../../page/queue/item-words.ts';
import { differencesOf } from '../../../page/queue/sides.ts';
import type { ReviewBody, ReviewDetailBody } from '../../../src/api/types/reviews.ts';

const item: ReviewBody = {
  ...{ id: 'rv_1', engineId: 'sourceos.sync.shell', collection: 'shell', recordId: 'bash/alias/ls', kind: 'proposal' },
  ...{ reasonCode: 'manual_review_required', author: 'urn:srcos:user:ada', deviceId: 'urn:srcos:device:desk' },
  ...{ createdAt: '2026-01-02T03:04:05.000Z', summary: 'change alias ls: harmless', level: 'harmless' },
};

const detail: ReviewDetailBody = {
  ...{
    ...item,
    version: 'v',
    judgement: { level: 'harmless', words: 'harmless' },
    status: 'open',
    live: { body: 'ls' },
    closedBy: null,
    merge: null,
    kept: [],
    decisions: [],
  },
  alternatives: [
    { change: null, path: '', value: { body: 'ls' }, deleted: false, by: null },
    { change: 'c1', path: '', value: { body: 'ls -l' }, deleted: false, by: null },
  ],
};

describe('what may be decided', () => {
  it('is each with a key of its own, and no merge where there is nothing to edit', () => {
    for (const kind of ['proposal', 'conflict', 'brake', 'approval'] as const) {
      const keys = waysOf({ ...detail, kind }).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.includes('e')).toBe(kind === 'proposal' || kind === 'conflict');
    }
  });

  it('keeps both only where something is live and something is proposed beside it', () => {
    const offer = { base: null, proposed: { body: 'ls -l' }, merged: { body: 'ls -l' }, conflicts: [] };
    const hasBoth = (changed: Partial<ReviewDetailBody>): boolean =>
      waysOf({ ...detail, ...changed }).some(({ action }) => action === 'keep-both');
    expect(hasBoth({ merge: offer })).toBe(true);
    expect([hasBoth({ merge: offer, live: null }), hasBoth({ merge: null })]).toEqual([false, false]);
    expect(hasBoth({ merge: offer, kind: 'conflict' })).toBe(false);
  });

  it('takes theirs of a conflict by rejecting the live version, which accepting would keep', () => {
    const ways = waysOf({ ...detail, kind: 'conflict' }).map(({ key, action }) => [key, action]);
    expect(ways).toEqual([
      ['t', 'reject'],
      ['o', 'accept'],
      ['e', 'merge'],
    ]);
  });

  it.each([
    ['another author', { author: 'urn:srcos:agent:helper' }],
    ['another device', { deviceId: 'urn:srcos:device:other' }],
    ['a dangerous one', { level: 'dangerous' as const }],
    ['one of which nothing is known', { level: null }],
    ['another collection', { collection: 'memory' }],
  ])('in one stroke leaves out %s', (_what, changed) => {
    const other = { ...item, id: 'rv_2', ...changed };
    expect(harmlessBeside([item, other], item)).toEqual([item]);
    expect(harmlessBeside([item, { ...item, level: 'dangerous' }], { ...item, level: 'dangerous' })).toEqual([]);
  });
});

describe('a conflict', () => {
  const version = (value: string, deviceId: string): (typeof detail)['alternatives'][number] => ({
    ...{ change: deviceId, path: '/body', value, deleted: false },
    by: { author: item.author, deviceId, at: item.createdAt },
  });
  const conflict = { ...detail, kind: 'conflict' as const, live: { body: 'B' } };
  const alternatives = [version('B', 'urn:srcos:device:laptop'), version('A', 'urn:srcos:device:desk')];

  it('takes the other version by a no and keeps the live one by a yes, and says so', () => {
    expect(waysOf(conflict).map(({ action, label }) => [action, label])).toEqual([
      ['reject', 'Take theirs'],
      ['accept', 'Keep mine'],
      ['merge', 'Edit'],
    ]);
  });

  it('compares the other version with the live one, each under the device that wrote it', () => {
    expect(differencesOf({ ...conflict, alternatives })).toEqual([[{ name: 'body', mine: 'B', theirs: 'A' }]]);
    const device = { userId: 'u', role: 'writer', revoked: false, lastSeenAt: null, scopes: [] };
    const devices = {
      items: [
        { ...device, deviceId: 'urn:srcos:device:laptop', label: 'laptop', self: true },
        { ...device, deviceId: 'urn:srcos:device:desk', label: 'desk', self: false },
      ],
    };
    expect(sideTitles({ ...conflict, alternatives }, 0, devices)).toEqual([
      'Mine, live here, from this device',
      'Theirs, from desk',
    ]);
    expect(sideTitles(detail, 0, devices)).toEqual(['Mine, live here', 'Theirs']);
  });
});

describe('an item in words', () => {
  it('says what and why, and shows signs that nobody sees', () => {
    expect(titleOf(item)).toEqual({ title: 'change alias ls', why: 'harmless' });
    expect(titleOf({ ...item, summary: 'add alias \u202els' }).title).toBe('add alias \\u{202e}ls');
    expect(whyItWaits({ ...detail, judgement: { level: 'dangerous', words: 'it runs sudo' } })).toContain(
      'it runs sudo',
    );
  });

  it('names a person by their device, and an agent by its name', () => {
    const device = { deviceId: item.deviceId, label: 'desk', userId: 'u', role: 'writer', self: false };
    const devices = { items: [{ ...device, revoked: false, lastSeenAt: null, scopes: [] }] };
    expect(authorName(item, devices)).toBe('desk');
    expect(authorName({ ...item, author: 'urn:srcos:agent:helper' }, devices)).toBe('agent helper on desk');
  });

  it('names devices in the command that gives an authority, each as one word of the shell', () => {
    const device = { ...{ userId: 'u', role: 'writer', self: true, revoked: false, lastSeenAt: null, scopes: [] } };
    const items = [
      { ...device, deviceId: 'urn:srcos:device:a', label: "Ann's laptop" },
      { ...device, deviceId: 'urn:srcos:device:b', label: '' },
    ];
    const command = 'sourcesync devices role urn:srcos:device:a writer --authority agents';
    expect(givingCommand(command, { items })).toBe(
      String.raw`sourcesync devices role 'Ann'\''s laptop' writer --authority agents`,
    );
    expect(givingCommand(command, { items: items.slice(1) })).toBe(command);
    expect(givingCommand(command, undefined)).toBe(command);
  });

  it('shows the differences of each choice, also of one field', () => {
    expect(differencesOf(detail)).toEqual([[{ name: 'body', mine: 'ls', theirs: 'ls -l' }]]);
    const field = { change: 'c1', path: '/body', value: 'dir', deleted: false, by: null };
    expect(differencesOf({ ...detail, alternatives: [field] })).toEqual([
      [{ name: 'body', mine: 'ls', theirs: 'dir' }],
    ]);
    const file = { kind: 'file', name: 'b.md', path: 'a/b.md', body: 'text', executable: true };
    const added = { ...detail, recordId: 'a/b.md', live: null };
    expect(differencesOf({ ...added, alternatives: [{ ...field, path: '', value: file }] })).toEqual([
      [
        { name: 'body', mine: null, theirs: 'text' },
        { name: 'executable', mine: null, theirs: 'true' },
      ],
    ]);
    const removal = { change: 'c1', path: '', value: null, deleted: true, by: null };
    expect(differencesOf({ ...detail, alternatives: [removal] })).toEqual([
      [{ name: 'body', mine: 'ls', theirs: null }],
    ]);
  });
});
