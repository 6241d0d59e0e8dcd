import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { asked, livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const at = (person: string, ...names: readonly string[]): string => join(stage.root, person, ...names);
const settingsAt = (person: string): string => at(person, '.config', 'Code', 'User', 'settings.json');
const snippetsAt = (person: string): string => at(person, '.config', 'Code', 'User', 'snippets', 'go.json');
const listAt = (person: string): string => at(person, '.vscode', 'extensions', 'extensions.json');
const laptopSettings = '{\n    // mine\n    "editor.tabSize": 4, // wide\n}\n';

/** As an editor does: another file takes its place. */
async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function install(person: string, versions: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(versions).map(([id, version]) => ({
    identifier: { id },
    version,
    relativeLocation: `${id}-${version}`,
    metadata: { source: 'gallery', installedTimestamp: Math.round(performance.now()) },
  }));
  for (const [id, version] of Object.entries(versions)) {
    await put(at(person, '.vscode', 'extensions', `${id}-${version}`, 'package.json'), '{"main":"./x.js"}');
  }
  await put(listAt(person), JSON.stringify(entries));
}

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await put(settingsAt('ann'), '{ "editor.fontSize": 14, "editor.tabSize": 4, "x.path": "/home/ann/x" }');
  await put(settingsAt('ben'), laptopSettings);
  await put(snippetsAt('ann'), '{ "If err": { "prefix": "ife", "body": ["if err != nil {", "\\t$0", "}"] } }');
  await install('ann', { 'acme.alpha': '1.0.0', 'acme.beta': '1.0.0' });
  await install('ben', { 'acme.beta': '1.0.0' });
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await livesIn(home, at(person), { XDG_DATA_HOME: '', VSCODE_EXTENSIONS: '' });
    expect((await home.run('setup', '--yes', '--engines', 'extensions')).code).toBe(0);
  }
  // It has no file there yet.
  expect((await laptop.run('places', 'on', 'vscode-snippets')).code).toBe(0);
});

afterAll(async () => {
  await stage.close();
});

async function waiting(home: Home): Promise<readonly ReviewBody[]> {
  const { items } = await home.json<PageBody<ReviewBody>>('reviews', 'ls');
  return items.filter(({ collection }) => collection === 'extensions');
}

describe('places of editors', () => {
  it('P2 what two machines have alike is asked about nowhere, and what is of one machine stays there', async () => {
    await asked(laptop, 'vscode-settings/setting/editor.fontSize', /^add vscode setting editor\.fontSize: harmless$/);
    await asked(laptop, 'vscode-snippets/snippet/go.json/If%20err', /^add vscode snippet go\.json If err: harmless$/);
    await asked(
      laptop,
      'vscode/acme.alpha',
      /^add vscode extension acme\.alpha 1\.0\.0: a new extension of acme: runs code/,
    );
    expect((await waiting(laptop)).map(({ recordId }) => recordId).sort()).toEqual([
      'vscode-settings/setting/editor.fontSize',
      'vscode-snippets/snippet/go.json/If%20err',
      'vscode/acme.alpha',
    ]);
    expect(await waiting(desk)).toEqual([]);
  });

  it('P4 what is accepted stands in the file, beside its comments', async () => {
    const { id } = await asked(laptop, 'vscode-settings/setting/editor.fontSize', /harmless/);
    await laptop.json('reviews', 'accept', id);
    const wanted = laptopSettings.replace('// wide\n', '// wide\n    "editor.fontSize": 14,\n');
    await until('it is in the file', async () => (await readFile(settingsAt('ben'), 'utf8')) !== laptopSettings);
    expect(await readFile(settingsAt('ben'), 'utf8')).toBe(wanted);
  });

  it('P3 a snippet that is accepted goes into the file of its name, which is made', async () => {
    const { id } = await asked(laptop, 'vscode-snippets/snippet/go.json/If%20err', /harmless/);
    await laptop.json('reviews', 'accept', id);
    const text = async (): Promise<string> => readFile(snippetsAt('ben'), 'utf8').catch(() => '');
    await until('its file is there', async () => (await text()) !== '');
    expect(JSON.parse(await text())).toEqual({
      'If err': { body: ['if err != nil {', '\t$0', '}'], prefix: 'ife' },
    });
  });

  it('P5 what a terminal runs waits with its reason', async () => {
    await put(
      settingsAt('ann'),
      '{ "editor.fontSize": 14, "editor.tabSize": 4, "terminal.integrated.env.linux": { "A": "b" } }',
    );
    const { kind } = await asked(
      laptop,
      'vscode-settings/setting/terminal.integrated.env.linux',
      /decides what a terminal runs.*\{"A":"b"\}/,
    );
    expect(kind).toBe('proposal');
  });

  it('P9 an extension that is accepted is named with the command that installs it', async () => {
    await laptop.json('reviews', 'accept', (await asked(laptop, 'vscode/acme.alpha', /acme/)).id);
    const shown = await laptop.json<PlaceShowBody>('places', 'show', 'vscode-extensions');
    expect(shown.onlyRead).toContain('code --install-extension');
    expect(shown.items.map(({ id, standing }) => `${id} ${standing}`).toSorted()).toEqual([
      'vscode/acme.alpha absent',
      'vscode/acme.beta same',
    ]);
  });

  it('P10 a list that is lost or empty removes nothing; a removal is one, and what was removed stays so', async () => {
    await put(listAt('ann'), '[]');
    await desk.run('sync', 'now');
    expect((await desk.json<PlaceShowBody>('places', 'show', 'vscode-extensions')).obstacles).toHaveLength(1);
    expect((await waiting(laptop)).filter(({ summary }) => summary.startsWith('delete'))).toEqual([]);
    await install('ann', { 'acme.alpha': '1.0.0' });
    const { id } = await asked(laptop, 'vscode/acme.beta', /^delete vscode extension acme\.beta 1\.0\.0: harmless/);
    await laptop.json('reviews', 'accept', id);
    await laptop.run('sync', 'now');
    const { items } = await desk.json<PageBody<{ readonly id: string }>>('records', 'ls', 'extensions');
    expect(items.map(({ id: name }) => name)).not.toContain('vscode/acme.beta');
    expect(await waiting(desk)).toEqual([]);
  });
});
