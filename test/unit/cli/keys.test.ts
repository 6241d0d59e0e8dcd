import { describe, expect, it } from 'vitest';
import type { StatusBody } from '../../../src/api/types/bodies.ts';
import type { KeyProtectionName } from '../../../src/api/types/keys.ts';
import { ok } from '../../../src/base/result.ts';
import type { KeyCommands } from '../../../src/cli/ground/context.ts';
import type { Client } from '../../../src/client/client.ts';
import { refuses, run } from './setup-cli.ts';

type Asked = Parameters<KeyCommands['protect']>[0];

interface Keys {
  readonly keys: KeyCommands;
  readonly asked: Asked[];
}

/** A key file protected so, and passphrase files that hold their own names; `env` is that of the environment. */
function keysOf(protection: KeyProtectionName, env?: string): Keys {
  const asked: Asked[] = [];
  const keys: KeyCommands = {
    protection: async () => ({ protection }),
    passphrase: async (file) => ({ passphrase: file ?? env }),
    protect: async (request) => {
      asked.push(request);
      return { protection: request.kind };
    },
  };
  return { keys, asked };
}

describe('keys protect', () => {
  it.each<[string, KeyProtectionName, string | undefined, string[], string[], Asked]>([
    ['typed twice', 'bare', undefined, ['--passphrase'], ['new', 'new'], ask('passphrase', undefined, 'new')],
    ['from a file', 'bare', undefined, ['--passphrase-file', 'f'], [], ask('passphrase', undefined, 'f')],
    ['the first from the environment', 'bare', 'env', ['--passphrase'], [], ask('passphrase', undefined, 'env')],
    [
      'old typed, new typed twice',
      'passphrase',
      undefined,
      ['--passphrase'],
      ['old', 'new', 'new'],
      ask('passphrase', 'old', 'new'),
    ],
    [
      'the environment is the old one',
      'passphrase',
      'env',
      ['--passphrase'],
      ['new', 'new'],
      ask('passphrase', 'env', 'new'),
    ],
    [
      'both from files',
      'passphrase',
      'env',
      ['--passphrase-file', 'f', '--current-passphrase-file', 'o'],
      [],
      ask('passphrase', 'o', 'f'),
    ],
    ['to a bare file', 'passphrase', undefined, ['--bare'], ['old'], ask('bare', 'old', undefined)],
    ['to the keyring', 'bare', 'env', ['--keyring'], [], ask('keyring', undefined, undefined)],
    ['from the keyring', 'keyring', 'env', ['--bare'], [], ask('bare', undefined, undefined)],
  ])('%s', async (_what, before, env, flags, typed, expected) => {
    const { keys, asked } = keysOf(before, env);
    const said = await run({ local: { keys }, typed }, 'keys', 'protect', ...flags);
    expect(said).toMatchObject({ exitCode: 0, notes: '' });
    expect(asked).toEqual([expected]);
  });

  it('two that differ change nothing', async () => {
    const { keys, asked } = keysOf('bare');
    const said = await run({ local: { keys }, typed: ['one', 'other'] }, 'keys', 'protect', '--passphrase');
    expect(said).toMatchObject({ exitCode: 2, notes: expect.stringContaining('not the same') });
    expect(asked).toEqual([]);
  });
});

function ask(kind: KeyProtectionName, current: string | undefined, next: string | undefined): Asked {
  return { kind, current, next };
}

describe('unlock', () => {
  const waits = (protection: KeyProtectionName, locked: boolean): Pick<Client, 'status'> => ({
    status: async () => ok({ keys: { protection, locked, message: null } } as StatusBody),
  });

  it.each<[KeyProtectionName, string]>([
    ['passphrase', 'The keys were not locked: nothing was done, and no passphrase was looked at.'],
    ['keyring', 'The keys were not locked'],
    ['bare', 'they are a bare file, which has no passphrase. None was looked at.'],
  ])('keys that are not locked (%s): said so, and no passphrase is looked at', async (protection, words) => {
    const said = await run(
      { local: { keys: keysOf(protection, 'env').keys }, client: waits(protection, false), typed: ['wrong'] },
      ...['unlock', '--passphrase-file', 'wrong'],
    );
    expect(said).toMatchObject({ exitCode: 0, notes: '', out: [expect.stringContaining(words)] });
  });

  it.each<[string, KeyProtectionName, boolean, string | undefined, string[], string[], string | undefined]>([
    ['typed', 'passphrase', true, undefined, [], ['secret'], 'secret'],
    ['from a file', 'passphrase', true, 'env', ['--passphrase-file', 'f'], [], 'f'],
    ['from the environment', 'passphrase', true, 'env', [], [], 'env'],
    ['the keyring needs none', 'keyring', true, 'env', [], [], undefined],
  ])('%s', async (_what, protection, locked, env, flags, typed, expected) => {
    const given: (string | undefined)[] = [];
    const client: Partial<Client> = {
      ...waits(protection, locked),
      unlock: async (passphrase) => {
        given.push(passphrase);
        return ok({ protection, locked: false, message: null });
      },
    };
    const said = await run({ local: { keys: keysOf(protection, env).keys }, client, typed }, 'unlock', ...flags);
    expect(said).toMatchObject({ exitCode: 0, notes: '' });
    expect(given).toEqual([expected]);
  });

  it('without a terminal or a file: exit 2; refused: the words of the daemon', async () => {
    const local = { keys: keysOf('passphrase').keys };
    expect(await run({ local, client: waits('passphrase', true) }, 'unlock')).toMatchObject({
      ...{ exitCode: 2, notes: expect.stringContaining('SOURCESYNC_PASSPHRASE_FILE') },
    });
    const client = { ...waits('passphrase', true), unlock: refuses(422, 'Not the right one.') };
    expect(await run({ local, client, typed: ['x'] }, 'unlock')).toMatchObject({
      ...{ exitCode: 1, notes: 'Not the right one.' },
    });
  });
});
