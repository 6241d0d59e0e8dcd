import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ReviewItem, ReviewMode } from '../../../src/contract/review.ts';
import { agentId } from '../../helpers/agent.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import {
  type Act,
  approved,
  type Expected,
  ls,
  type Name,
  perDevice,
  type Script,
  table,
} from './manual-review-scripts.ts';
import { threeAlike } from './three-alike-scripts.ts';

const place = ['shell', 's'] as const;

const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });

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
    case 'agent':
      device.write(place, { kind: 'put', fields: alias(body) }, { authorId: agentId });
      return;
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
      const item = asked.findLast((one) => bodyOf(one) === body);
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

const wanted = 'ls -l';

/** `ls` is approved, and an agent on a wants something else. */
const proposedByAgent: Script = [...approved, [['a', 'agent', wanted]]];

const waitsEverywhere = [[wanted], [wanted], [wanted]];

const agents: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
  [
    '49 what an agent writes waits on every device, its own too, and nothing live is touched',
    proposedByAgent,
    { live: ls, open: waitsEverywhere },
  ],
  ['49 also where nothing was before', [[['a', 'agent', wanted]]], { live: [null, null, null], open: waitsEverywhere }],
  [
    '49 taken up at home it is a word of that device, live there at once, and a proposal elsewhere',
    [...proposedByAgent, [['a', 'accept', wanted]]],
    { live: [wanted, 'ls', 'ls'], open: [[], [wanted], [wanted]] },
  ],
  [
    '49 and approved by the yes of another device',
    [...proposedByAgent, [['a', 'accept', wanted]], [['b', 'accept', wanted]]],
    { live: [wanted, wanted, wanted], open: [[], [], []], status: { [wanted]: 'accepted' } },
  ],
  [
    '49 a yes on another device alone approves it: one device wrote it and a person elsewhere said yes',
    [...proposedByAgent, [['b', 'accept', wanted]]],
    { live: [wanted, wanted, wanted], open: [[], [], []], status: { [wanted]: 'accepted' } },
  ],
  [
    '49 rejected at home it is gone everywhere',
    [...proposedByAgent, [['a', 'reject', wanted]]],
    { live: ls, open: [[], [], []], status: { [wanted]: 'rejected' } },
  ],
  [
    '49 rejected elsewhere it is gone everywhere, and nobody is asked to go back',
    [...proposedByAgent, [['c', 'reject', wanted]]],
    { live: ls, open: [[], [], []], status: { [wanted]: 'rejected' } },
  ],
  [
    '49 what is written there since does not bring it back',
    [...proposedByAgent, [['c', 'reject', wanted]], [['a', 'says', 'ls -a']]],
    { live: ['ls -a', 'ls', 'ls'], open: [[], ['ls -a'], ['ls -a']], status: { [wanted]: 'rejected' } },
  ],
  [
    '49 taken up and rejected elsewhere, its device is asked to go back as for any word of its own',
    [...proposedByAgent, [['a', 'accept', wanted]], [['c', 'reject', wanted]]],
    { live: [wanted, 'ls', 'ls'], open: [['ls'], [], []] },
  ],
  [
    '49 the same where both were said apart',
    [
      ...proposedByAgent,
      [
        ['a', 'accept', wanted],
        ['c', 'reject', wanted],
      ],
    ],
    { live: [wanted, 'ls', 'ls'], open: [['ls'], [], []] },
  ],
  [
    '49 rejected at home and accepted elsewhere, apart, it is asked about again everywhere',
    [
      ...proposedByAgent,
      [
        ['a', 'reject', wanted],
        ['c', 'accept', wanted],
      ],
    ],
    { live: ls, open: waitsEverywhere },
  ],
  [
    '49 what was rejected is not taken up by whoever knows of that',
    [...proposedByAgent, [['c', 'reject', wanted]], [['a', 'accept', wanted]]],
    { live: ls, open: [[], [], []], status: { [wanted]: 'rejected' } },
  ],
  [
    '49 what the person of its device writes meanwhile is live there, and both wait elsewhere',
    [...proposedByAgent, [['a', 'says', 'ls -a']]],
    { live: ['ls -a', 'ls', 'ls'], open: [[wanted], ['ls -a', wanted], ['ls -a', wanted]] },
  ],
  [
    '49 and what is taken up after that is live there all the same',
    [...proposedByAgent, [['a', 'says', 'ls -a']], [['a', 'accept', wanted]]],
    { live: [wanted, 'ls', 'ls'], open: [[], ['ls -a', wanted], ['ls -a', wanted]] },
  ],
  [
    '49 and once it is approved, what it was taken up in place of is withdrawn',
    [...proposedByAgent, [['a', 'says', 'ls -a']], [['a', 'accept', wanted]], [['b', 'accept', wanted]]],
    { live: [wanted, wanted, wanted], open: [[], [], []], status: { 'ls -a': 'superseded' } },
  ],
  [
    '49 a word that another device accepts does not answer what an agent wrote before',
    [...proposedByAgent, [['a', 'says', 'ls -a']], [['b', 'accept', 'ls -a']]],
    { live: ['ls -a', 'ls -a', 'ls -a'], open: waitsEverywhere },
  ],
  [
    '49 accepted after that it is live everywhere',
    [...proposedByAgent, [['a', 'says', 'ls -a']], [['b', 'accept', 'ls -a']], [['c', 'accept', wanted]]],
    { live: [wanted, wanted, wanted], open: [[], [], []] },
  ],
  [
    '49 who accepts another value does not withdraw what an agent wrote there',
    [...proposedByAgent, [['b', 'says', 'ls -a']], [['a', 'accept', 'ls -a']]],
    { live: ['ls -a', 'ls -a', 'ls -a'], open: waitsEverywhere },
  ],
  [
    '49 undone at home it waits again',
    [...proposedByAgent, [['a', 'accept', wanted]], [['a', 'undo', wanted]]],
    { live: ls, open: waitsEverywhere },
  ],
  [
    '49 so does what was rejected at home',
    [...proposedByAgent, [['a', 'reject', wanted]], [['a', 'undo', wanted]]],
    { live: ls, open: waitsEverywhere },
  ],
  [
    '49 a newer write of the same agent supersedes its older one',
    [...proposedByAgent, [['a', 'agent', 'ls -la']], [['a', 'accept', 'ls -la']]],
    {
      live: ['ls -la', 'ls', 'ls'],
      open: [[], ['ls -la'], ['ls -la']],
      status: { [wanted]: 'superseded' },
    },
  ],
  [
    '49 merged at home, the merge is the word of that device, and both wait elsewhere',
    [...proposedByAgent, [['a', 'merge', wanted, 'ls -lh']]],
    { live: ['ls -lh', 'ls', 'ls'], open: [[], [wanted, 'ls -lh'], [wanted, 'ls -lh']] },
  ],
  [
    '49 kept beside at home, the second is live everywhere',
    [...proposedByAgent, [['a', 'keep_both', wanted]]],
    { live: ls, open: [[], [], []], status: { [wanted]: 'kept_both' }, beside: [wanted] },
  ],
];

const agentsPerDevice: typeof agents = [
  [
    '49 per device, each decides about it for itself, its own too',
    [...approved, [['c', 'accept', 'ls']], [['a', 'agent', wanted]], [['b', 'accept', wanted]]],
    { live: ['ls', wanted, 'ls'], open: [[wanted], [], [wanted]] },
  ],
  [
    '49 per device, taken up at home it is live there alone',
    [...approved, [['c', 'accept', 'ls']], [['a', 'agent', wanted]], [['a', 'accept', wanted]]],
    { live: [wanted, 'ls', 'ls'], open: [[], [wanted], [wanted]] },
  ],
  [
    '49 per device, rejected at home it goes there alone',
    [...approved, [['c', 'accept', 'ls']], [['a', 'agent', wanted]], [['a', 'reject', wanted]]],
    { live: ls, open: [[], [wanted], [wanted]] },
  ],
];

/** What the rows of a rule say, without its number. */
function of(number: string, rows: typeof table): typeof table {
  return rows.flatMap(([rule, ...row]) =>
    rule.startsWith(`${number} `) ? [[rule.slice(number.length + 1), ...row] as const] : [],
  );
}

function besides(...numbers: readonly string[]): typeof table {
  return table.filter(([rule]) => !numbers.some((number) => rule.startsWith(`${number} `)));
}

describe('manual_review, told by three devices', () => {
  it.each(agents)('%s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(agentsPerDevice)('%s', (_rule, script, expected) => {
    expectAll(play(script, 'per_device'), expected);
  });

  it.each(besides('41a', '42b', '42d'))('%s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(of('41a', table))('41a %s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(of('42b', table))('42b %s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(threeAlike)('%s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each(of('42c', perDevice))('42c %s', (_rule, script, expected) => {
    expectAll(play(script, 'per_device'), expected);
  });

  it.each(of('42d', table))('42d %s', (_rule, script, expected) => {
    expectAll(play(script, 'once'), expected);
  });

  it.each([...table, ...perDevice, ...agents, ...agentsPerDevice])(
    '40 what anybody wrote stays readable: %s',
    (_rule, script) => {
      const { all } = play(script, 'once');
      const said = script
        .flat()
        .flatMap((act) => (act[1] === 'says' || act[1] === 'renames' || act[1] === 'agent' ? [act[2]] : []));
      for (const device of all) {
        const written = device.replica
          .history('shell' as CollectionName, 's' as RecordId)
          .map(({ change }) => change.value);
        for (const word of said) {
          expect(JSON.stringify(written)).toContain(JSON.stringify(word));
        }
      }
    },
  );
});

describe('a rejection that its author overrules', () => {
  const told = (devices: Devices, index: number): readonly string[] =>
    devices.all[index]?.reviews().map(({ summary }) => summary) ?? [];

  it('41a is told to everybody who is asked again, and is gone once something else is proposed', () => {
    const devices = setupDevices(3);
    const [a, b] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
    const decide = (device: TestDevice, choice: 'accept' | 'reject'): void => {
      device.replica.decide([device.reviews()[0]?.id ?? 'rv_none'], choice);
      devices.clock.nowMs += 1000;
      devices.exchange();
    };
    a.put(place, alias('three'));
    devices.exchange();
    const before = told(devices, 1);
    decide(b, 'reject');
    expect([told(devices, 1), told(devices, 2)]).toEqual([[], []]);
    decide(a, 'reject');
    expect(told(devices, 1)).toEqual([
      'add alias ll, which its author keeps though it was rejected: it is of no shell that is known here',
    ]);
    expect(told(devices, 2)).toEqual(told(devices, 1));
    expect(told(devices, 1)).not.toEqual(before);
    a.put(place, alias('four'));
    devices.exchange();
    expect(told(devices, 1)).toEqual(before);
    decide(b, 'accept');
    expect(b.fields(place)).toMatchObject({ body: 'four' });
    expect(devices.all.flatMap((device) => device.reviews())).toEqual([]);
  });
});
