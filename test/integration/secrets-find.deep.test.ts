import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

const runFile = promisify(execFile);
const word = 'xylo \tphone$2';
const before = process.env['HOME'];

let stage: Stage;
let home: Home;
let person: string;

interface Finds {
  readonly items: readonly { file: string; name: string; vault: string; id: string; advice: readonly string[] }[];
  readonly vaultMessage: string | null;
}

beforeAll(async () => {
  stage = await openStage();
  person = join(stage.root, 'ann');
  await mkdir(join(person, 'bin'), { recursive: true });
  await writeFile(join(person, '.bashrc'), `# mine\nexport DB_PASSWORD='${word}'\n`);
  await writeFile(join(person, '.netrc'), 'machine h.org login ann password tuba-42\n');
  home = stage.home('desk');
  const script = `#!/bin/sh\nexec '${process.execPath}' '${join(packageRoot, 'bin', 'sourcesync.js')}' "$@" --home '${home.folder}'\n`;
  await writeFile(join(person, 'bin', 'sourcesync'), script);
  await chmod(join(person, 'bin', 'sourcesync'), 0o755);
  process.env['HOME'] = person;
});

afterAll(async () => {
  process.env['HOME'] = before;
  await stage.close();
});

/** A shell of that person, with the program in its PATH. */
async function bash(line: string): Promise<string> {
  const environment = { ...process.env, PATH: `${join(person, 'bin')}:${process.env['PATH']}`, HOME: person };
  return (await runFile('bash', ['-c', line], { env: environment })).stdout;
}

describe('credentials of a home folder', () => {
  it('are found without a daemon; with one they go into the vault, and the advice works where it stands', async () => {
    expect(await home.json<Finds>('secrets', 'find')).toMatchObject({
      items: [
        { name: 'DB_PASSWORD', vault: 'unknown' },
        { name: 'h.org', vault: 'unknown' },
      ],
    });
    await home.json('init', '--yes');
    await home.startDaemon();
    for (const { id, file } of (await home.json<Finds>('secrets', 'find')).items) {
      await home.json(
        'secrets',
        'set',
        id,
        '--from',
        `${file}:${file.endsWith('rc') && file.includes('bash') ? 2 : 1}`,
      );
    }
    const { items, vaultMessage } = await home.json<Finds>('secrets', 'find');
    expect([items.map(({ vault, id }) => `${id} ${vault}`), vaultMessage]).toEqual([
      ['db-password held', 'netrc-h-org held'],
      null,
    ]);

    const [shell, netrc] = items;
    await writeFile(join(person, '.bashrc'), `${shell?.advice[0]?.replace('Write there: ', '')}\n`);
    expect(await bash('. ~/.bashrc; printf %s "$DB_PASSWORD"')).toBe(word);
    await bash((netrc?.advice[0] ?? '').replace(/^.*?: git/, 'git').replace('username=USER', 'username=ann'));
    const filled = await bash("printf 'protocol=https\\nhost=h.org\\n\\n' | git credential fill");
    expect(filled).toMatch(/^username=ann\npassword=tuba-42$/m);

    expect((await home.json<Finds>('secrets', 'find')).items.map(({ name }) => name)).toEqual(['h.org']);
    expect(home.printed()).not.toContain('tuba-42');
    expect(await readFile(join(person, '.netrc'), 'utf8')).toContain('tuba-42');
  });
});
