import { describe, expect, it } from 'vitest';
import type { ForkBody, RecoveryCommands } from '../../../src/cli/ground/context.ts';
import { ok } from '../../../src/base/result.ts';
import { type CliSetup, run } from './setup-cli.ts';

const scope = { scopeId: 'urn:srcos:scope:a', kind: 'profile', name: 'profile' };
const fork: ForkBody = { ...scope, forkedAt: 3, resolved: false, message: null };

function setup(resolve: RecoveryCommands['resolve']): CliSetup {
  const recovery = { words: async () => ({ words: 'twelve' }), resolve } as Partial<RecoveryCommands>;
  return {
    local: { recovery: recovery as RecoveryCommands },
    client: {
      scopes: (async () => ok({ items: [scope], nextCursor: null })) as never,
      scopeLog: (async () => ok({ ...scope, entries: [], sealedRoot: null })) as never,
    },
  };
}

const args = ['recovery', 'resolve', '--words-file', 'words.txt'];

describe('recovery resolve', () => {
  it('looks first, and says what --execute would do', async () => {
    const said = await run(
      setup(async () => ({ scopes: [fork] })),
      ...args,
    );
    expect([said.exitCode, said.out.join('\n')]).toEqual([0, expect.stringContaining('forked at entry 3')]);
    expect(said.out.join('\n')).toContain('Nothing was changed.');
  });

  it('decides with --execute', async () => {
    const asked: unknown[] = [];
    const resolve: RecoveryCommands['resolve'] = async (words, logs, options) => {
      asked.push(words, logs.length, options);
      return { scopes: [{ ...fork, resolved: true }] };
    };
    const said = await run(setup(resolve), ...args, '--execute', '--json');
    expect(said.documents).toEqual([{ executed: true, scopes: [{ ...fork, resolved: true }] }]);
    expect(asked).toEqual(['twelve', 1, { execute: true }]);
  });

  it('fails where a scope could not be looked at, and where the words are wrong', async () => {
    const closed = { ...fork, forkedAt: null, message: 'The words do not open the root of this scope.' };
    const said = await run(
      setup(async () => ({ scopes: [closed] })),
      ...args,
    );
    expect([said.exitCode, said.out.join('\n')]).toEqual([1, expect.stringContaining('do not open the root')]);
    const wrong = await run(
      setup(async () => ({ exitCode: 2, message: 'these are 11' })),
      ...args,
    );
    expect([wrong.exitCode, wrong.notes]).toEqual([2, expect.stringContaining('these are 11')]);
  });
});
