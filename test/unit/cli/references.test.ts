import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import type { ReferencesBody } from '../../../src/api/types/references.ts';
import { run } from './setup-cli.ts';

const item: ReferencesBody['items'][number] = {
  ...{ path: '/edges/e', type: 'uses', to: 'models/m', policy: 'required', outcome: 'declared-but-unavailable' },
  ...{
    verification: 'registry-only',
    owner: 'sourceos.sync.models',
    fatal: true,
    remedy: 'Switch on sourceos.sync.models.',
  },
};

const lateSet: NonNullable<ReferencesBody['items'][number]['set']> = {
  ...{ collection: 'models', owner: 'app:code', status: 'sync_failed' },
  ...{ message: 'The set was not taken.', remedy: 'Push it again.' },
};

const deniedWords = 'Policy denies models here.';

describe('records references', () => {
  it.each([
    ['nothing to refer to', [], true, 0, 'refers to nothing'],
    ['one that is there', [{ ...item, outcome: 'present', remedy: null, fatal: false }], true, 0, 'present'],
    ['one that leads nowhere', [item], false, 3, 'models/m: Switch on'],
    [
      'one of another version',
      [{ ...item, detail: 'is 1.4.0, wanted ^2', remedy: 'Bring it.' }],
      false,
      3,
      'models/m: is 1.4.0, wanted ^2. Bring it.',
    ],
    [
      'one whose set was not taken',
      [{ ...item, outcome: 'present', remedy: null, fatal: false, set: lateSet }],
      true,
      0,
      'models/m: The set was not taken. Push it again.',
    ],
    ['one that is denied', [{ ...item, outcome: 'denied', remedy: deniedWords }], false, 3, `models/m: ${deniedWords}`],
  ] as const)('of %s', async (_name, items, satisfied, exitCode, words) => {
    const body = { collection: 'workspace', id: 'w', items, satisfied };
    const said = await run({ client: { references: async () => ok(body) } }, 'records', 'references', 'workspace', 'w');
    expect(said.exitCode).toBe(exitCode);
    expect(said.out.join('\n')).toContain(words);
    expect(said.notes.includes('is denied')).toBe(words.includes(deniedWords));
  });
});
