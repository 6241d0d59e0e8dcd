import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { run } from './setup-cli.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

async function scriptOf(shell: string): Promise<string> {
  const said = await run({}, 'completions', shell);
  expect(said).toMatchObject({ exitCode: 0, notes: '' });
  return said.out.join('\n');
}

describe('completions', () => {
  it.each<[typed: string[], has: string[], lacks: string[]]>([
    [[''], ['status', 'records', '--home'], ['glance', 'ls']],
    [['rec'], ['records', 'recovery'], ['status']],
    [['records', ''], ['ls', 'history'], ['records']],
    [['--json', 'records', 'h'], ['history'], ['ls']],
    [['devices', 'revoke', '--'], ['--execute', '--json'], ['ls']],
    [['devices', 'revoke', 'lap', '--ex'], ['--execute'], []],
  ])('bash, after %j', async (typed, found, lacking) => {
    const words = ['sourcesync', ...typed].map((word) => `'${word}'`).join(' ');
    const script = `${await scriptOf('bash')}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _sourcesync; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const replies = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n');
    expect(replies).toEqual(expect.arrayContaining(found));
    expect(replies.filter((reply) => lacking.includes(reply))).toEqual([]);
  });

  it.each(['bash', 'zsh', 'fish'].filter(has))('%s reads its script', async (shell) => {
    expect(spawnSync(shell, ['-n', '-c', await scriptOf(shell)], { encoding: 'utf8' })).toMatchObject({
      ...{ status: 0, stderr: '' },
    });
  });

  it('zsh and fish have each command with its description', async () => {
    expect(await scriptOf('zsh')).toContain("'doctor:");
    expect(await scriptOf('fish')).toContain("case 'devices revoke'");
  });

  it('another shell is refused, and one document is one', async () => {
    expect(await run({}, 'completions', 'tcsh')).toMatchObject({
      ...{ exitCode: 2, notes: 'There are completions for bash, zsh, fish.' },
    });
    expect((await run({}, 'completions', 'bash', '--json')).documents).toMatchObject([{ shell: 'bash' }]);
  });
});

it('version tells the versions of protocol and store', async () => {
  const versions = { version: '1.2.3', protocol: 'srcos/v1', session: 2, store: 2, node: '20.19.0' };
  const local = { versions: async () => versions };
  expect((await run({ local }, 'version', '--json')).documents).toEqual([versions]);
  expect((await run({ local }, 'version')).out.join()).toBe(
    'sourcesync 1.2.3\nprotocol srcos/v1, session 2\nstore 2\nNode.js 20.19.0',
  );
});
