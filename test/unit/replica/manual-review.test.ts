import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { DecisionKind, ReviewItem, ReviewMode } from '../../../src/contract/review.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';

const place = ['shell', 's'] as const;
const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });

type Name = 'a' | 'b' | 'c';
/** What one device does: writes the body, removes the record, or decides about the item that proposes a body. */
type Act =
  | readonly [by: Name, act: 'says', body: string]
  | readonly [by: Name, act: 'renames', name: string]
  | readonly [by: Name, act: 'removes']
  | readonly [by: Name, decision: DecisionKind, proposed: string, edited?: string];
/** Everybody learns everything after each row of acts; the acts of one row are made apart. */
type Script = readonly (readonly Act[])[];

interface Expected {
  /** Bodies that are live on a, b and c; null for nothing. */
  readonly live: readonly (string | null)[];
  /** Bodies that wait on each of them, sorted; `gone` for a removal. */
  readonly open: readonly (readonly string[])[];
  /** What became of the item that proposes a body, on every device that has it. */
  readonly status?: Readonly<Record<string, ReviewItem['status']>>;
  /** Bodies of records that were made beside it. */
  readonly beside?: readonly string[];
}

/** `ls` is approved everywhere. */
const approved: Script = [[['a', 'says', 'ls']], [['b', 'accept', 'ls']]];

const table: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
  [
    '40 what another device writes waits, however harmless, and live is untouched until it is decided',
    [...approved, [['a', 'renames', 'lll']]],
    { live: ['ls', 'ls', 'ls'], open: [[], ['ls'], ['ls']] },
  ],
  [
    '40 a newer change by the same author supersedes its older proposal',
    [...approved, [['a', 'says', 'ls -l']], [['a', 'says', 'ls -la']]],
    { live: ['ls -la', 'ls', 'ls'], open: [[], ['ls -la'], ['ls -la']], status: { 'ls -l': 'superseded' } },
  ],
  [
    '40 and is decided as a whole with what it superseded',
    [...approved, [['a', 'says', 'ls -l']], [['a', 'says', 'ls -la']], [['b', 'accept', 'ls -la']]],
    {
      live: ['ls -la', 'ls -la', 'ls -la'],
      open: [[], [], []],
      status: { 'ls -l': 'superseded', 'ls -la': 'accepted' },
    },
  ],
  [
    '40 concurrent proposals stand side by side',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
    ],
    { live: ['ls -l', 'ls -a', 'ls'], open: [['ls -a'], ['ls -l'], ['ls -a', 'ls -l']] },
  ],
  [
    '40 and each is decided by itself',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [['c', 'accept', 'ls -l']],
      [['c', 'reject', 'ls -a']],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []], status: { 'ls -l': 'accepted', 'ls -a': 'rejected' } },
  ],
  [
    '41 a decision counts on all devices but says nothing to its own proposal',
    [...approved, [['a', 'says', 'ls -l']], [['a', 'accept', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']] },
  ],
  [
    '41 rejected, a value is taken back at its author too',
    [...approved, [['a', 'says', 'ls -l']], [['c', 'reject', 'ls -l']]],
    { live: ['ls', 'ls', 'ls'], open: [[], [], []], status: { 'ls -l': 'rejected' } },
  ],
  [
    '42 a removal waits like any other change',
    [...approved, [['a', 'removes']]],
    { live: [null, 'ls', 'ls'], open: [[], ['gone'], ['gone']] },
  ],
  [
    '42 and is carried out by a yes',
    [...approved, [['a', 'removes']], [['c', 'accept', 'gone']]],
    { live: [null, null, null], open: [[], [], []], status: { gone: 'accepted' } },
  ],
  [
    '42a merged with an edited value, that is live everywhere',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'merge', 'ls -l', 'ls -lh']]],
    { live: ['ls -lh', 'ls -lh', 'ls -lh'], open: [[], [], []], status: { 'ls -l': 'merged' } },
  ],
  [
    '42a kept beside, both are live everywhere',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'keep_both', 'ls -l']]],
    { live: ['ls', 'ls', 'ls'], open: [[], [], []], status: { 'ls -l': 'kept_both' }, beside: ['ls -l'] },
  ],
  [
    '42b undone, a decision is open again everywhere',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'accept', 'ls -l']], [['c', 'undo', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], status: { 'ls -l': 'open' } },
  ],
  [
    '42b and what was kept beside goes with it',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'keep_both', 'ls -l']], [['c', 'undo', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], beside: [] },
  ],
  [
    '43 proposals of equal result are one item',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -l'],
      ],
    ],
    { live: ['ls -l', 'ls -l', 'ls'], open: [['ls -l'], ['ls -l'], ['ls -l']] },
  ],
  [
    '43 which one decision answers',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -l'],
      ],
      [['c', 'accept', 'ls -l']],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []] },
  ],
];

const perDevice: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
  [
    '42c per device, a decision counts where it was made',
    [...approved, [['c', 'accept', 'ls']], [['a', 'says', 'ls -l']], [['b', 'accept', 'ls -l']]],
    { live: ['ls -l', 'ls -l', 'ls'], open: [[], [], ['ls -l']] },
  ],
  [
    '42c and the author keeps what another rejects',
    [...approved, [['c', 'accept', 'ls']], [['a', 'says', 'ls -l']], [['b', 'reject', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], [], ['ls -l']] },
  ],
];

interface World extends Devices {
  readonly named: Readonly<Record<Name, TestDevice>>;
}

function play(script: Script, mode: ReviewMode): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
  for (const device of devices.all) {
    rebind(device, 'shell', { reviewMode: mode });
  }
  const named = { a, b, c };
  for (const acts of script) {
    for (const act of acts) {
      take(named[act[0]], act);
      devices.clock.nowMs += 1000;
    }
    devices.exchange();
  }
  return { ...devices, named };
}

function take(device: TestDevice, [, act, body = '', edited]: Act): void {
  switch (act) {
    case 'says':
      return void (device.fields(place)
        ? device.patch(place, { op: 'add', path: '/body', value: body })
        : device.put(place, alias(body)));
    case 'renames':
      return void device.patch(place, { op: 'add', path: '/name', value: body });
    case 'removes':
      return void device.remove(place);
    case 'accept':
    case 'reject':
    case 'merge':
    case 'keep_both':
    case 'undo': {
      const asked = act === 'undo' ? everyItemOf(device) : device.reviews();
      const item = asked.find((one) => bodyOf(one) === body);
      device.replica.decide([item?.id ?? 'rv_none'], act, edited === undefined ? undefined : alias(edited));
    }
  }
}

/** Every item that the device was ever told of, decided ones too. */
function everyItemOf({ disk, events }: TestDevice): readonly ReviewItem[] {
  const ids = events.flatMap(({ type, data }) => (type === 'review.opened' ? [String(data['id'])] : []));
  return [...new Set(ids)].flatMap((id) => disk.reviews.get(id) ?? []);
}

function bodyOf({ alternatives }: ReviewItem): string {
  const proposed = alternatives[1];
  return proposed?.deleted === true ? 'gone' : String((proposed?.value as JsonObject | undefined)?.['body']);
}

function expectAll({ all }: World, { live, open, status = {}, beside }: Expected): void {
  expect(all.map((device) => device.fields(place)?.['body'] ?? null)).toEqual(live);
  expect(all.map((device) => device.reviews().map(bodyOf).sort())).toEqual(open);
  for (const device of all) {
    const items = everyItemOf(device);
    for (const [body, wanted] of Object.entries(status)) {
      for (const item of items.filter((one) => bodyOf(one) === body)) {
        expect([body, item.status]).toEqual([body, wanted]);
      }
    }
    const { items: rows } = device.disk.records.list('shell' as CollectionName, everyItem, 'live');
    const others = rows.flatMap(({ id, fields }) => (id === place[1] ? [] : [fields?.['body']]));
    expect(beside === undefined ? [] : others).toEqual(beside ?? []);
  }
}

describe('manual_review, told by three devices', () => {
  it.each(table)('%s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(perDevice)('%s', (_rule, script, expected) => {
    expectAll(play(script, 'per_device'), expected);
  });

  it.each([...table, ...perDevice])('40 what anybody wrote stays readable: %s', (_rule, script) => {
    const { all } = play(script, 'once');
    const said = script.flat().flatMap((act) => (act[1] === 'says' || act[1] === 'renames' ? [act[2]] : []));
    for (const device of all) {
      const written = device.replica
        .history('shell' as CollectionName, 's' as RecordId)
        .map(({ change }) => change.value);
      for (const word of said) {
        expect(JSON.stringify(written)).toContain(JSON.stringify(word));
      }
    }
  });
});
