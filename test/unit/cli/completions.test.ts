import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../daemon/temporary-folder.ts';
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
    [['backup', 'verify', ''], [], ['--json', '--help']],
    [['completions', ''], ['bash', 'zsh', 'fish'], []],
    [['completions', 'f'], ['fish'], ['bash']],
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

  it.skipIf(!has('fish'))('fish offers words of commands, and files where a person names one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'desk.backup'), '');
    const script = join(folder, 'sourcesync.fish');
    writeFileSync(script, await scriptOf('fish'));
    const offered = (line: string): readonly string[] =>
      execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
        ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } },
      })
        .split('\n')
        .flatMap((row) => row.split('\t')[0] || []);
    expect(offered('sourcesync reviews ac')).toEqual(['accept']);
    expect(offered('sourcesync reviews ')).not.toContain('desk.backup');
    expect(offered('sourcesync backup verify ')).toEqual(['desk.backup', 'sourcesync.fish']);
    expect(offered('sourcesync backup verify --pass')).toEqual(['--passphrase-file']);
    expect(offered('sourcesync completions ')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
    expect(offered('sourcesync doctor --home des')).toContain('desk.backup');
  });

  it.skipIf(!has('zsh'))('zsh offers words of commands, and files where a person names one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'desk.backup'), '');
    const script = join(folder, '_sourcesync');
    writeFileSync(script, await scriptOf('zsh'));
    const typed = (line: string): string =>
      spawnSync('zsh', ['-f', join(import.meta.dirname, 'complete.zsh'), script, line], {
        ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder, ZDOTDIR: folder } },
      }).stdout.trimEnd();
    expect(typed('sourcesync reviews acc')).toBe('sourcesync reviews accept');
    expect(typed('sourcesync backup verify des')).toBe('sourcesync backup verify desk.backup');
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
