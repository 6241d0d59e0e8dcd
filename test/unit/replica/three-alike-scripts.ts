import type { Expected, Script } from './manual-review-scripts.ts';

/** What three devices wrote alike before they met. */
export const threeAlike: readonly (readonly [rule: string, script: Script, expected: Expected])[] = [
  [
    '43 what all three wrote alike and one removes with the yes of a second comes back by no third',
    [
      [
        ['a', 'says', 'ls'],
        ['b', 'says', 'ls'],
        ['c', 'says', 'ls'],
      ],
      [['c', 'removes']],
      [['a', 'accept', 'gone']],
    ],
    { live: [null, null, null], open: [[], [], []] },
  ],
  [
    '43 and what one makes of it holds for all three',
    [
      [
        ['a', 'says', 'ls'],
        ['b', 'says', 'ls'],
        ['c', 'says', 'ls'],
      ],
      [['b', 'says', 'ls -l']],
      [['c', 'accept', 'ls -l']],
    ],
    { live: ['ls -l', 'ls -l', 'ls -l'], open: [[], [], []] },
  ],
  [
    '43 but what the third writes anew is a question as any other',
    [
      [
        ['a', 'says', 'ls'],
        ['b', 'says', 'ls'],
        ['c', 'says', 'ls'],
      ],
      [['c', 'removes']],
      [['a', 'accept', 'gone']],
      [['b', 'says', 'ls']],
    ],
    { live: [null, 'ls', null], open: [['ls'], [], ['ls']] },
  ],
  [
    '43 nor is what the third has otherwise settled by it',
    [
      [
        ['a', 'says', 'ls'],
        ['b', 'says', 'ls -a'],
        ['c', 'says', 'ls'],
      ],
      [['c', 'removes']],
      [['a', 'accept', 'gone']],
    ],
    { live: [null, 'ls -a', null], open: [['ls -a'], ['gone'], ['ls -a']] },
  ],
];
