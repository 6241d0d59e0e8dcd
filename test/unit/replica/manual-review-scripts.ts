import type { DecisionKind, ReviewItem } from '../../../src/contract/review.ts';

export type Name = 'a' | 'b' | 'c';

/** What one device does: writes the body, by its person or by an agent, removes the record, or decides about the item that proposes a body. */
export type Act =
  | readonly [by: Name, act: 'says', body: string]
  | readonly [by: Name, act: 'renames', name: string]
  | readonly [by: Name, act: 'removes']
  | readonly [by: Name, act: 'agent', body: string]
  | readonly [by: Name, decision: DecisionKind, proposed: string, edited?: string];

/** Everybody learns everything after each row of acts; the acts of one row are made apart. */
export type Script = readonly (readonly Act[])[];

export interface Expected {
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
export const approved: Script = [[['a', 'says', 'ls']], [['b', 'accept', 'ls']]];

export const table: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
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
      [['b', 'accept', 'ls -l']],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []], status: { 'ls -l': 'accepted', 'ls -a': 'rejected' } },
  ],
  [
    '42d accepted where another value waits to be decided, it is live there and everywhere, and the other is withdrawn',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [['a', 'accept', 'ls -a']],
    ],
    { live: ['ls -a', 'ls -a', 'ls -a'], open: [[], [], []], status: { 'ls -a': 'accepted', 'ls -l': 'superseded' } },
  ],
  [
    '42d and undone, the value that was withdrawn is live where it was written, and waits again',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [['a', 'accept', 'ls -a']],
      [['a', 'undo', 'ls -a']],
    ],
    { live: ['ls -l', 'ls -a', 'ls'], open: [['ls -a'], ['ls -l'], ['ls -a', 'ls -l']] },
  ],
  [
    '41b who accept each other’s value apart say opposite things: neither holds, and everybody is asked again',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [
        ['a', 'accept', 'ls -a'],
        ['b', 'accept', 'ls -l'],
      ],
    ],
    { live: ['ls -l', 'ls -a', 'ls'], open: [['ls -a'], ['ls -l'], ['ls -a', 'ls -l']] },
  ],
  [
    '41b and the yes that knows of both holds',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [
        ['a', 'accept', 'ls -a'],
        ['b', 'accept', 'ls -l'],
      ],
      [['a', 'accept', 'ls -a']],
    ],
    { live: ['ls -a', 'ls -a', 'ls -a'], open: [[], [], []] },
  ],
  [
    '41b a removal and a value likewise',
    [
      ...approved,
      [
        ['a', 'removes'],
        ['b', 'says', 'ls -a'],
      ],
      [
        ['a', 'accept', 'ls -a'],
        ['b', 'accept', 'gone'],
      ],
    ],
    { live: [null, 'ls -a', 'ls'], open: [['ls -a'], ['gone'], ['gone', 'ls -a']] },
  ],
  [
    '41b changes of different members are no opposites: both hold',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'renames', 'lll'],
      ],
      [
        ['a', 'accept', 'ls'],
        ['b', 'accept', 'ls -l'],
      ],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []] },
  ],
  [
    '41b what somebody accepted while its own device took another value instead is asked about again, but for there',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -a'],
      ],
      [
        ['a', 'accept', 'ls -a'],
        ['c', 'accept', 'ls -l'],
      ],
    ],
    { live: ['ls -a', 'ls -a', 'ls -a'], open: [[], ['ls -l'], ['ls -l']] },
  ],
  [
    '41 a decision counts on all devices but says nothing to its own proposal',
    [...approved, [['a', 'says', 'ls -l']], [['a', 'accept', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']] },
  ],
  [
    '41a rejected, a value is live at its author alone, who is asked to go back',
    [...approved, [['a', 'says', 'ls -l']], [['c', 'reject', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [['ls'], [], []], status: { 'ls -l': 'rejected' } },
  ],
  [
    '41a and is taken back there by a yes',
    [...approved, [['a', 'says', 'ls -l']], [['c', 'reject', 'ls -l']], [['a', 'accept', 'ls']]],
    { live: ['ls', 'ls', 'ls'], open: [[], [], []], status: { 'ls -l': 'rejected', ls: 'accepted' } },
  ],
  [
    '41a while a no proposes it again',
    [...approved, [['a', 'says', 'ls -l']], [['c', 'reject', 'ls -l']], [['a', 'reject', 'ls']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], status: { 'ls -l': 'open' } },
  ],
  [
    '41a as does whoever goes on writing, and all of it is asked about',
    [...approved, [['a', 'says', 'ls -l']], [['c', 'reject', 'ls -l']], [['a', 'renames', 'lll']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']] },
  ],
  [
    '41a a first value that is rejected stays where it was written',
    [[['a', 'says', 'ls']], [['b', 'reject', 'ls']]],
    { live: ['ls', null, null], open: [['gone'], [], []], status: { ls: 'rejected' } },
  ],
  [
    '41 contradictory answers that were given apart change nothing and ask again, everywhere',
    [
      ...approved,
      [['a', 'says', 'ls -l']],
      [
        ['b', 'accept', 'ls -l'],
        ['c', 'reject', 'ls -l'],
      ],
    ],
    { live: ['ls -l', 'ls', 'ls'], open: [['ls'], ['ls -l'], ['ls -l']], status: { 'ls -l': 'open' } },
  ],
  [
    '41 and the answer that knows of both holds',
    [
      ...approved,
      [['a', 'says', 'ls -l']],
      [
        ['c', 'reject', 'ls -l'],
        ['b', 'accept', 'ls -l'],
      ],
      [['c', 'accept', 'ls -l']],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []], status: { 'ls -l': 'accepted' } },
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
    '42a merged with an edited value, that is live where it was merged, and proposed to the others',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'merge', 'ls -l', 'ls -lh']]],
    { live: ['ls -l', 'ls -lh', 'ls'], open: [['ls -lh'], [], ['ls -l', 'ls -lh']] },
  ],
  [
    '42a accepted by whoever, it is live everywhere in place of what was merged',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'merge', 'ls -l', 'ls -lh']], [['c', 'accept', 'ls -lh']]],
    {
      live: ['ls -lh', 'ls -lh', 'ls -lh'],
      open: [[], [], []],
      status: { 'ls -l': 'merged', 'ls -lh': 'accepted' },
    },
  ],
  [
    '42a rejected and given up, what was merged is asked about again',
    [
      ...approved,
      [['a', 'says', 'ls -l']],
      [['b', 'merge', 'ls -l', 'ls -lh']],
      [['a', 'reject', 'ls -lh']],
      [['b', 'accept', 'ls']],
    ],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], status: { 'ls -lh': 'rejected' } },
  ],
  [
    '42a a merge that says what was proposed is a yes to it',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'merge', 'ls -l', 'ls -l']]],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []], status: { 'ls -l': 'accepted' } },
  ],
  [
    '42a kept beside, the second is live everywhere, and its author is asked to go back under the first name',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'keep_both', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [['ls'], [], []], status: { 'ls -l': 'kept_both' }, beside: ['ls -l'] },
  ],
  [
    '42a and does',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'keep_both', 'ls -l']], [['a', 'accept', 'ls']]],
    { live: ['ls', 'ls', 'ls'], open: [[], [], []], status: { 'ls -l': 'kept_both' }, beside: ['ls -l'] },
  ],
  [
    '42b undone, a decision is open again everywhere',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'accept', 'ls -l']], [['b', 'undo', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], status: { 'ls -l': 'open' } },
  ],
  [
    '42b a yes is taken back by the device that said it, and by no other',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'accept', 'ls -l']], [['c', 'undo', 'ls -l']]],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []], status: { 'ls -l': 'accepted' } },
  ],
  [
    '42b a no by any but the author of what it is about',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'reject', 'ls -l']], [['c', 'undo', 'ls -l']]],
    { live: ['ls -l', 'ls', 'ls'], open: [[], ['ls -l'], ['ls -l']], status: { 'ls -l': 'open' } },
  ],
  [
    '42b and what was kept beside goes with it',
    [...approved, [['a', 'says', 'ls -l']], [['b', 'keep_both', 'ls -l']], [['b', 'undo', 'ls -l']]],
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
    { live: ['ls -l', 'ls -l', 'ls'], open: [[], [], ['ls -l']] },
  ],
  [
    '43 who wrote the same apart is asked nothing, also once one of them writes on',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -l'],
      ],
      [['b', 'says', 'ls -la']],
    ],
    { live: ['ls -l', 'ls -la', 'ls'], open: [['ls -la'], [], ['ls -l', 'ls -la']] },
  ],
  [
    '43 and a yes to what is written on holds for both',
    [
      ...approved,
      [
        ['a', 'says', 'ls -l'],
        ['b', 'says', 'ls -l'],
      ],
      [['b', 'says', 'ls -la']],
      [['a', 'accept', 'ls -la']],
    ],
    { live: ['ls -la', 'ls -la', 'ls -la'], open: [[], [], []] },
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

export const perDevice: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
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

export const ls = ['ls', 'ls', 'ls'];
