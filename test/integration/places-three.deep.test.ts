import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { asked, livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const people = ['ann', 'ben', 'cem'] as const;
type Person = (typeof people)[number];

let stage: Stage;
let homes: Readonly<Record<Person, Home>>;

const bookmark = (name: string, url: string, id: number): object => ({
  ...{ type: 'url', name, url, id: String(id), guid: `0000000${id}-0000-4000-8000-000000000000` },
});

/** What lies in the home of each: some of it alike, some under one name and other than it, some of one alone. */
function filesOf(person: Person, rank: number): Readonly<Record<string, string>> {
  const empty = { type: 'folder', name: '', children: [] };
  const marks = [bookmark('News', 'https://news.example.org', 5 + rank), bookmark(person, 'https://example.org', 9)];
  return {
    '.bashrc': `# of ${person}\nalias ll='ls -l'\nalias gs='git status ${'-s'.repeat(rank)}'\nalias ${person}='ls'\nexport LANG=C\n`,
    '.gitconfig': '[pull]\n\trebase = true\n',
    '.config/Code/User/settings.json': `{ "editor.fontSize": 14, "editor.tabSize": ${2 + rank}, // ${person}\n}\n`,
    '.claude/CLAUDE.md': '## Style\n\nTabs are used.\n',
    '.config/chromium/Default/Bookmarks': JSON.stringify({
      roots: { bookmark_bar: { ...empty, children: marks }, other: empty, synced: empty },
      version: 1,
    }),
  };
}

const alike = [
  ['shell', 'bash/alias/ll'],
  ['shell', 'bash/env/LANG'],
  ['shell', 'git/pull.rebase'],
  ['extensions', 'vscode-settings/setting/editor.fontSize'],
  ['memory', 'claude-md/section/Style'],
  ['browser', 'bookmarks/bookmark/bar/News'],
] as const;
const different = [
  ['shell', 'bash/alias/gs'],
  ['extensions', 'vscode-settings/setting/editor.tabSize'],
] as const;

beforeAll(async () => {
  stage = await openStage();
  const relay = await stage.startRelay();
  const { desk, laptop } = await pairedHomes(stage, relay);
  const third = stage.home('third');
  const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
  await third.json('pair', 'join', code, '--label', 'third', '--trust-code');
  await third.startDaemon();
  homes = { ann: desk, ben: laptop, cem: third };
  for (const [rank, person] of people.entries()) {
    for (const [name, text] of Object.entries(filesOf(person, rank))) {
      const path = join(stage.root, person, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    await livesIn(homes[person], join(stage.root, person), { XDG_DATA_HOME: '', ZDOTDIR: '', GIT_CONFIG_GLOBAL: '' });
  }
  // All at once: none of them knows what the others have.
  const done = await Promise.all(people.map((person) => homes[person].run('setup', '--yes')));
  expect(done.map(({ code: exit }) => exit)).toEqual([0, 0, 0]);
});

afterAll(async () => {
  await stage.close();
});

async function waitingIn(person: Person): Promise<readonly ReviewBody[]> {
  const { items } = await homes[person].json<PageBody<ReviewBody>>('reviews', 'ls');
  return items;
}

const others = (person: Person): readonly Person[] => people.filter((one) => one !== person);

/** Everybody has heard of what each of the others has alone, and has told of it. */
async function settled(): Promise<void> {
  for (const person of people) {
    for (const other of others(person)) {
      await asked(homes[person], `bash/alias/${other}`);
    }
    await homes[person].run('sync', 'now');
  }
}

describe('three machines that meet with much alike', () => {
  it('P2 what all three have alike is one record, and nobody is asked about it', async () => {
    await settled();
    for (const person of people) {
      const home = homes[person];
      const waits = await waitingIn(person);
      const named = waits.map(({ recordId }) => recordId);
      for (const [collection, id] of alike) {
        expect([person, named.filter((one) => one === id)]).toEqual([person, []]);
        const { items } = await home.json<PageBody<RecordBody>>('records', 'ls', collection);
        expect([person, items.filter((one) => one.id === id).map(({ state }) => state)]).toEqual([person, ['live']]);
      }
      expect(waits.filter(({ summary }) => summary.startsWith('delete'))).toEqual([]);
    }
  });

  it('P5 what each has otherwise is one question for each other version, and nothing is written over', async () => {
    for (const [rank, person] of people.entries()) {
      const named = (await waitingIn(person)).map(({ recordId }) => recordId);
      for (const [, id] of different) {
        expect([person, id, named.filter((one) => one === id).length]).toEqual([person, id, 2]);
      }
      expect(named.filter((id) => id.startsWith('bash/alias/')).sort()).toEqual(
        ['bash/alias/gs', 'bash/alias/gs', ...others(person).map((other) => `bash/alias/${other}`)].sort(),
      );
      for (const [name, text] of Object.entries(filesOf(person, rank))) {
        expect(await readFile(join(stage.root, person, name), 'utf8')).toBe(text);
      }
    }
  });

  it('P4 what is accepted stands in the file once, and is no question for anybody else', async () => {
    await homes.ann.json('reviews', 'accept', (await asked(homes.ann, 'bash/alias/ben')).id);
    for (const person of ['ann', 'cem'] as const) {
      const own = join(stage.root, person, '.config/sourcesync/shell/bash');
      await until(`${person} has it`, async () => (await readFile(own, 'utf8').catch(() => '')) === "alias ben='ls'\n");
    }
    await settledWith('ben', 'bash/alias/ann');
    for (const person of people) {
      expect([person, (await questions(person, 'bash/alias/ben')).length]).toEqual([person, 0]);
    }
  });

  it('P5 of three versions one is accepted and one turned down: all three have the accepted one, and nobody is asked on', async () => {
    await homes.ann.json('reviews', 'accept', (await asked(homes.ann, 'bash/alias/gs', /harmless/)).id);
    await until('ann has that of ben', async () => (await aliasOf('ann')) === 'git status -s');
    // What cem has is another word, which waits for an answer of its own.
    await homes.ann.json('reviews', 'reject', (await asked(homes.ann, 'bash/alias/gs', /runs git status -s-s/)).id);
    await homes.cem.json('reviews', 'accept', (await asked(homes.cem, 'bash/alias/gs')).id);
    for (const person of people) {
      await until(`${person} has it`, async () => (await aliasOf(person)) === 'git status -s');
      await until(`${person} is asked nothing`, async () => (await questions(person, 'bash/alias/gs')).length === 0);
      expect((await waitingIn(person)).filter(({ summary }) => summary.startsWith('delete'))).toEqual([]);
    }
  });

  it('P7 what one of them takes out waits with the other two, and what is alike elsewhere stays', async () => {
    const path = join(stage.root, 'cem', '.bashrc');
    const text = (await readFile(path, 'utf8')).replace("alias ll='ls -l'\n", '');
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    const { id } = await asked(homes.ann, 'bash/alias/ll', /^delete alias ll/);
    await asked(homes.ben, 'bash/alias/ll', /^delete alias ll/);
    await homes.ann.json('reviews', 'accept', id);
    for (const person of people) {
      const bashrc = async (): Promise<string> => readFile(join(stage.root, person, '.bashrc'), 'utf8');
      await until(`it is gone from ${person}`, async () => !(await bashrc()).includes('alias ll='));
      expect(await bashrc()).toContain('export LANG=C');
      await until(`${person} is asked nothing`, async () => (await questions(person, 'bash/alias/ll')).length === 0);
      expect((await waitingIn(person)).filter(({ summary }) => summary.startsWith('delete'))).toEqual([]);
    }
  });
});

async function aliasOf(person: Person): Promise<string | undefined> {
  return /^alias gs='(.*)'$/m.exec(await readFile(join(stage.root, person, '.bashrc'), 'utf8'))?.[1];
}

async function questions(person: Person, id: string): Promise<readonly ReviewBody[]> {
  return (await waitingIn(person)).filter(({ recordId }) => recordId === id);
}

async function settledWith(person: Person, id: string): Promise<void> {
  await asked(homes[person], id);
  await Promise.all(people.map((one) => homes[one].run('sync', 'now')));
}
