import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src/base/result.ts';
import type { FoundInFile } from '../../../src/cli/ground/credentials.ts';
import { refuses, run } from './setup-cli.ts';

const shown = 'xylophone';

function credential(fields: Partial<FoundInFile>): FoundInFile {
  return {
    ...{ file: '~/.bashrc', line: 3, name: 'DB_PASSWORD', kind: 'password', format: 'shell', forms: [shown] },
    ...fields,
  };
}

function local(...found: readonly FoundInFile[]): object {
  const marks = found.map(({ forms }) => forms.map((form) => `mark of ${form.length}`));
  return {
    credentials: async () => ({
      ...{ home: '/h', found, looked: 4, key: 'k', marks },
      skipped: [{ file: '~/.netrc', message: 'It is no text.' }],
    }),
  };
}

function vault(ids: readonly (string | null)[], known: readonly string[] = []): { client: object } {
  return {
    client: {
      secrets: async () => ok({ items: known.map((id) => ({ id })), nextCursor: null }),
      heldSecrets: async () => ok({ ids }),
      putRecord: async () => ok({}),
    },
  };
}

interface Item {
  readonly vault: string;
  readonly id: string;
  readonly put: string | null;
  readonly advice: readonly string[];
}

async function items(setup: object, ...found: readonly FoundInFile[]): Promise<readonly Item[]> {
  const said = await run({ ...setup, local: local(...found) }, 'secrets', 'find', '--json');
  return (said.documents[0] as { items: readonly Item[] }).items;
}

describe('secrets find', () => {
  it('says file, line, name and kind, what to run and to write, and never a value', async () => {
    const setup = { ...vault([null]), local: local(credential({})) };
    const said = [await run(setup, 'secrets', 'find'), await run(setup, 'secrets', 'find', '--json')];
    const text = said[0]?.out.join('\n') ?? '';
    expect(text).toMatch(/^~\/\.bashrc +3 +DB_PASSWORD +password +no$/m);
    expect(text).toContain(`sourcesync secrets set db-password --from '~/.bashrc:3'`);
    expect(text).toContain('export DB_PASSWORD="$(sourcesync secrets get db-password)"');
    expect(text).toContain('~/.netrc: It is no text.');
    expect(JSON.stringify(said)).not.toContain(shown);
  });

  it('says what the vault has by the id it has there, in whichever form', async () => {
    const two = credential({ forms: ['a', 'b'], line: 4 });
    const [first, second] = await items(vault([null, 'mine', null], ['mine']), two, credential({ forms: ['c'] }));
    expect(first).toMatchObject({ vault: 'held', id: 'mine', put: null });
    expect(first?.advice.join()).toContain('secrets get mine');
    expect(second).toMatchObject({ vault: 'absent', id: 'db-password' });
  });

  it('works without a daemon, and says that the vault was not asked', async () => {
    const refused = { client: { secrets: refuses(423, 'This home is locked.') } };
    const nobody = { client: { secrets: async () => err({ kind: 'unreachable', message: 'x', isNobody: true }) } };
    for (const [setup, words] of [
      [refused, 'locked'],
      [nobody, 'does not run'],
    ] as const) {
      const said = await run({ ...setup, local: local(credential({})) } as object, 'secrets', 'find');
      expect([said.exitCode, said.out.join('\n')]).toEqual([
        0,
        expect.stringMatching(new RegExp(`not asked.*${words}`, 's')),
      ]);
    }
    const none = await run({ local: local() }, 'secrets', 'find');
    expect([none.exitCode, none.out.join()]).toEqual([
      0,
      expect.stringContaining('No credential was found in 4 files'),
    ]);
  });

  it('ids are free, one for each value, and harmless on the line of a shell', async () => {
    const found = [
      credential({}),
      credential({ line: 9 }),
      credential({ forms: ['other'] }),
      credential({ name: `'; rm -rf ~ #`, forms: ['z'], format: 'netrc', file: '~/.netrc' }),
      credential({ name: '(a name that holds a secret)', kind: 'github', forms: ['y'] }),
    ];
    const listed = await items(
      vault(
        found.map(() => null),
        ['db-password'],
      ),
      ...found,
    );
    expect(listed.map(({ id }) => id)).toEqual([
      'db-password-2',
      'db-password-2',
      'db-password-3',
      'netrc-rm-rf',
      'github',
    ]);
    expect(listed[3]?.advice.join()).not.toContain('rm -rf ~');
  });

  it.each([
    [{ file: '~/.config/fish/config.fish' }, 'set -gx DB_PASSWORD (sourcesync secrets get db-password)'],
    [{ file: '~/.cshrc' }, 'setenv DB_PASSWORD "`sourcesync secrets get db-password`"'],
    [{ name: 'line 3', kind: 'github' }, '"$(sourcesync secrets get github)"'],
    [{ format: 'env', file: '~/.env' }, 'DB_PASSWORD="$(sourcesync secrets get db-password)" PROGRAM'],
    [{ format: 'npmrc', name: '//r.org/:_authToken' }, '//r.org/:_authToken=${NPM_R_ORG_AUTHTOKEN}'],
    [{ format: 'npmrc', name: '//registry.npmjs.org/:_authToken' }, ':_authToken=${NPM_TOKEN}'],
    [
      { format: 'aws', name: 'p', forms: ['{"Version":1}'] },
      '[profile p]: credential_process = sourcesync secrets get aws-p',
    ],
    [{ format: 'aws', name: 'p' }, 'AWS_SECRET_ACCESS_KEY="$(sourcesync secrets get aws-p)"'],
    [{ format: 'gh', name: 'github.com' }, 'GH_TOKEN="$(sourcesync secrets get gh-github-com)"'],
    [{ format: 'docker', name: 'ghcr.io' }, '"credHelpers": {"ghcr.io": "registry-ghcr-io"}'],
    [{ format: 'pgpass', name: 'db' }, 'PGPASSWORD="$(sourcesync secrets get pg-db)"'],
    [{ format: 'git-credentials', name: 'h.org' }, 'credential.https://h.org.helper'],
    [{ format: 'ini', file: '~/.pypirc', name: 'pypi.password' }, 'TWINE_PASSWORD='],
  ] as const)('the advice works where it stands: %j', async (fields, words) => {
    const [item] = await items(vault([null]), credential(fields));
    expect(item?.advice.join('\n')).toContain(words);
  });

  it('set --from takes the value of what was found, and says where it cannot', async () => {
    const done: unknown[] = [];
    const client: object = { ...vault([]).client, putRecord: async (...args: unknown[]) => ok(done.push(args)) };
    const second = credential({ forms: ['second'] });
    const setup = { client, local: local(credential({}), second, credential({ line: 7, forms: [] })) };
    for (const place of ['~/.bashrc:3', '/h/.bashrc:3', '~/.bashrc:3#2']) {
      const said = await run(setup, 'secrets', 'set', 'k', '--from', place);
      expect([said.exitCode, JSON.stringify(said).includes(shown)]).toEqual([0, false]);
    }
    expect(done.map((call) => (call as [string, string, { value: string }])[2].value)).toEqual([
      shown,
      shown,
      'second',
    ]);
    expect(await run(setup, 'secrets', 'set', 'k', '--from', '~/.bashrc:4')).toMatchObject({ exitCode: 1 });
    const unreadable = await run(setup, 'secrets', 'set', 'k', '--from', '~/.bashrc:7');
    expect(unreadable.notes).toContain('only its own program can read');
    const both = await run(setup, 'secrets', 'set', 'k', '--from', '~/.bashrc:3', '--file', 'x');
    expect([both.exitCode, done.length]).toEqual([2, 3]);
  });
});
