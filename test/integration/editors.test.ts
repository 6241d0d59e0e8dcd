import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Home,
  type RunningRelay,
  type Stage,
  filesBelow,
  openStage,
  pairedHomes,
  until,
} from '../helpers/processes.ts';
import { type YEditor, openYEditor } from '../helpers/y-editor.ts';
import { itDeep } from '../helpers/suite.ts';

const root = join(import.meta.dirname, '..', '..');
let stage: Stage;
let relay: RunningRelay;
let desk: Home;
let laptop: Home;
const editors: YEditor[] = [];

beforeAll(async () => {
  stage = await openStage();
  relay = await stage.startRelay();
  ({ desk, laptop } = await pairedHomes(stage, relay));
  await desk.client().putRecord('notes', 'pad', { kind: 'note', text: 'ab' });
  await until('the laptop has the note', async () => (await textAt(laptop)) === 'ab');
});

afterAll(async () => {
  editors.forEach((editor) => {
    editor.close();
  });
  await stage.close();
});

function edit(home: Home): YEditor {
  const editor = openYEditor({
    server: `ws+unix:${socketOf(home)}:/v1/collections/notes/records`,
    record: 'pad',
    headers: { authorization: `Bearer ${readFileSync(tokenFileOf(home), 'utf8').trim()}` },
  });
  editors.push(editor);
  return editor;
}

const socketOf = ({ folder }: Home): string => join(folder, 'run', 'api.sock');
const tokenFileOf = ({ folder }: Home): string => join(folder, 'state', 'keys', 'api.token');

async function textAt(home: Home): Promise<unknown> {
  const read = await home.client().record('notes', 'pad');
  return read.ok ? read.value.fields?.['text'] : undefined;
}

async function bothSay(one: YEditor, other: YEditor, text: string): Promise<void> {
  await Promise.all([one, other].map(async (editor) => editor.when(() => editor.text().toString() === text)));
}

describe('two ordinary editors on two devices', () => {
  it('converge letter by letter, also where both type at once', async () => {
    const [one, other] = [edit(desk), edit(laptop)];
    await Promise.all([one.synced(), other.synced()]);
    one.text().insert(1, '-');
    await bothSay(one, other, 'a-b');
    other.text().insert(3, '!');
    await bothSay(one, other, 'a-b!');
    for (const letter of '12345678') {
      one.text().insert(0, letter);
      other.text().insert(other.text().length, letter);
    }
    await bothSay(one, other, '87654321a-b!12345678');
    expect(await textAt(desk)).toBe('87654321a-b!12345678');
    expect(await textAt(laptop)).toBe('87654321a-b!12345678');
    one.close();
    other.close();
  }, 30_000);

  itDeep(
    'a daemon that is told to stop has stored what had come, and one that is killed gets the rest again',
    async () => {
      const [one, watcher] = [edit(desk), edit(desk)];
      await Promise.all([one.synced(), watcher.synced()]);
      const before = one.text().toString();
      for (const letter of '1234') {
        one.text().insert(0, letter);
      }
      one.provider.awareness.setLocalState({ typed: true });
      await watcher.when(() => watcher.provider.awareness.getStates().get(one.doc.clientID)?.['typed'] === true);
      watcher.close();
      one.provider.disconnect();
      await desk.killDaemon('SIGTERM');
      await desk.startDaemon();
      expect(await textAt(desk)).toBe(`4321${before}`);

      one.provider.connect();
      await one.synced();
      one.text().insert(0, '5');
      await desk.killDaemon('SIGKILL');
      one.text().insert(0, '6');
      await desk.startDaemon();
      await until('what was typed meanwhile came', async () => (await textAt(desk)) === `654321${before}`);
      await until('the laptop has it', async () => (await textAt(laptop)) === `654321${before}`);
      one.close();
    },
  );
});

describe('who is at a note', () => {
  const canary = 'canary-of-whoever-is-here';

  itDeep('is seen on the other device, moves, leaves, and is in no file of any of the three', async () => {
    const [one, other] = [edit(desk), edit(laptop)];
    await Promise.all([one.synced(), other.synced()]);
    const seen = (by: YEditor, of: YEditor): unknown =>
      by.provider.awareness.getStates().get(of.doc.clientID)?.['user'];
    one.provider.awareness.setLocalState({ user: canary });
    other.provider.awareness.setLocalState({ user: 'laptop' });
    await other.when(() => seen(other, one) === canary);
    await one.when(() => seen(one, other) === 'laptop');
    one.provider.awareness.setLocalState({ user: `${canary} moved` });
    await other.when(() => seen(other, one) === `${canary} moved`);

    const late = edit(laptop);
    await late.when(() => seen(late, one) === `${canary} moved`);
    await expectNowhere();
    one.close();
    await other.when(() => seen(other, one) === undefined);

    const again = edit(desk);
    await again.synced();
    again.provider.awareness.setLocalState({ user: canary });
    await other.when(() => seen(other, again) === canary);
    again.provider.shouldConnect = false;
    await desk.killDaemon('SIGKILL');
    await other.when(() => seen(other, again) === undefined);
    await expectNowhere();
    await desk.startDaemon();
    other.close();
    late.close();
  });

  async function expectNowhere(): Promise<void> {
    for (const folder of [desk.folder, laptop.folder, relay.folder]) {
      const holding = [...(await filesBelow(folder))].filter(([, content]) => content.includes(canary));
      expect(holding.map(([path]) => path)).toEqual([]);
    }
  }
});

describe('the example of the book', () => {
  it('runs as it stands there', async () => {
    const example = /```js\n(\/\/ editor\.mjs\n[\s\S]*?)```/.exec(
      readFileSync(join(root, 'docs', 'editors.md'), 'utf8'),
    )?.[1];
    const file = join(stage.root, 'editor.mjs');
    writeFileSync(file, example ?? '');
    symlinkSync(join(root, 'node_modules'), join(stage.root, 'node_modules'));
    const before = await textAt(laptop);
    const child = spawn(process.execPath, [file, socketOf(laptop), tokenFileOf(laptop)]);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await until('the desk has its words', async () => (await textAt(desk)) === `Hello. ${String(before)}`);
    expect(child.exitCode).toBeNull();
    child.kill();
    await gone;
  }, 30_000);
});
