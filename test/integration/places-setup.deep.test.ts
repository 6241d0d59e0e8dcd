import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceBody } from '../../src/api/types/places.ts';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';
import { runs } from '../helpers/suite.ts';

interface SetupBody {
  readonly items: readonly PlaceBody[];
  readonly followed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

/** What a usual workstation has, in the deep suite one that has been in use for long. */
const fileCount = runs(5000, 100_000);
const repositoryCount = runs(20, 50);
const filesPerFolder = 50;
/** Of the machine that runs the tests: it does other things as well. */
const longestMs = 10_000;

let stage: Stage;
let desk: Home;
let person: string;

beforeAll(async () => {
  stage = await openStage();
  person = join(stage.root, 'ann');
  await furnish();
  desk = stage.home('desk');
  await desk.json('init', '--label', 'desk', '--yes');
  await desk.startDaemon({ HOME: person, XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', ZDOTDIR: '' });
});

afterAll(async () => {
  await stage.close();
});

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(person, name)), { recursive: true });
  await writeFile(join(person, name), text);
}

async function furnish(): Promise<void> {
  await put('.bashrc', "alias ll='ls -l'\n");
  await put('.inputrc', 'set bell-style none\n');
  await put('.gitconfig', '[user]\n\tname = Ann\n');
  await put('.claude/CLAUDE.md', '## Style\n\nTabs are used.\n');
  for (let index = 0; index < repositoryCount; index++) {
    const url = `https://example.org/o/r${index}.git`;
    await put(`src/r${index}/.git/config`, `[remote "origin"]\n\turl = ${url}\n`);
    await put(`src/r${index}/.git/HEAD`, 'ref: refs/heads/main\n');
  }
  for (let folder = 0; folder < fileCount / filesPerFolder; folder++) {
    const where = folder % 2 === 0 ? `src/r${folder % repositoryCount}` : 'projects/loose';
    await mkdir(join(person, where, `d${folder}`), { recursive: true });
    const files = Array.from({ length: filesPerFolder }, (_, index) => `f${index}`);
    await Promise.all(files.map(async (name) => writeFile(join(person, where, `d${folder}`, name), name)));
  }
}

const table = (text: string): readonly string[] => text.split('\n').filter((line) => /^[a-z-]+ {2,}/.test(line));

describe('setup', () => {
  it('looks at all places of a home with many files in time', async () => {
    const startedMs = performance.now();
    const { items } = await desk.json<SetupBody>('setup');
    expect(performance.now() - startedMs).toBeLessThan(longestMs);
    expect(items.find(({ name }) => name === 'repositories')?.units.total).toBe(repositoryCount);
  });

  it('shows what was found by collection in 80 columns, and counts the others in one line', async () => {
    const { stdout, code } = await desk.run('setup');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^memory:\nclaude-md +no +read and write +1 +1 +0 +0 +\d+ +0\nshell:\nbash /m);
    expect(stdout).toMatch(/^repositories +no +read +\d+/m);
    expect(stdout).toMatch(
      /^Nothing found for \d+ more places\. Which, and where was looked: sourcesync places ls --all$/m,
    );
    expect(Math.max(...table(stdout).map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect((await desk.run('places', 'ls', '--all')).stdout).toMatch(/^ {2}fish: nothing at .*config\.fish/m);
  });

  it('takes an engine by id, short id and collection, and names them all where it knows none', async () => {
    for (const name of ['sourceos.sync.memory-mesh', 'memory-mesh', 'memory']) {
      const { items, followed, failed } = await desk.json<SetupBody>('setup', '--engines', name);
      expect(new Set(items.map(({ collection }) => collection))).toEqual(new Set(['memory']));
      expect([followed, failed]).toEqual([[], []]);
    }
    const { code, stderr } = await desk.run('setup', '--yes', '--engines', 'shell', 'nothing');
    expect(code).toBe(2);
    expect(stderr).toMatch(/called nothing\. There are: .*agent-registry or agents, .*shell/);
    expect((await desk.json<SetupBody>('setup')).items.every(({ on }) => !on)).toBe(true);
  });

  it('follows what was found, says what happens next, and what stands in the way', async () => {
    await put('.aider.conf.yml', 'model: [\n');
    const { stdout, code } = await desk.run('setup', '--yes', '--engines', 'shell', 'models');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^aider +yes +read and write +0 +0 +0 +0 +0 +1$/m);
    expect(stdout).toMatch(/^ {2}\S+\.aider\.conf\.yml: .*Correct it/m);
    expect(stdout).toMatch(/^Newly followed: .*aider.*bash, /m);
    expect(stdout).toMatch(/^Nothing waits for you now\.$/m);
    await put('.aider.conf.yml', 'model: gpt-4\n');
    await until('it goes on by itself', async () => {
      const { units, obstacles } = await desk.json<PlaceBody>('places', 'show', 'aider');
      return units.same === 1 && obstacles.length === 0;
    });
  });

  it('follows once', async () => {
    const { stdout, code } = await desk.run('setup', '--yes', '--engines', 'shell');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing new to follow\. \d places were followed already\.$/m);
    expect((await desk.json<SetupBody>('setup', '--yes', '--engines', 'shell')).followed).toEqual([]);
  });
});
