import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type WireTap, openWireTap } from '../../src/demo/wire-tap.ts';
import { contentHashOf } from '../../src/replica/edit/owner-set.ts';
import { formsOf, sightingsIn } from '../helpers/canaries.ts';
import { plantedSecrets } from '../helpers/planted-secrets.ts';
import { type Home, type Stage, filesBelow, openStage, pairedHomes, until } from '../helpers/processes.ts';

const [token, key, address] = ['github', 'private_key', 'database-connection-string'].map(
  (wanted) => plantedSecrets.find(([rule]) => rule === wanted)?.[1] as string,
) as [string, string, string];
/** No rule knows this one: it is a secret because a person put it into the vault. */
const kept = 'xylophone concerto in b minor, opus 77';
const label = 'of-the-house-at-the-lake';

let stage: Stage;
let desk: Home;
let laptop: Home;
let wire: WireTap;
let relayFolder: string;
/** What every command printed. */
const answered: string[] = [];

beforeAll(async () => {
  stage = await openStage();
  wire = await openWireTap();
  const relay = await stage.startRelay('relay', '--public-url', wire.url, '--open');
  wire.passTo(relay.url);
  relayFolder = relay.folder;
  ({ desk, laptop } = await pairedHomes(stage, { ...relay, url: wire.url }));
  await desk.killDaemon('SIGTERM');
  await desk.startDaemon({ SOURCESYNC_LOG: 'trace' });
});

afterAll(async () => {
  wire.close();
  await stage.close();
});

it('(invariants 14, 22) no secret stands in any form on the wire, at the relay, in a home, in an answer or in a log', async () => {
  expect(await run(desk, 'secrets', 'set', 'lake', '--label', label, '--file', fileWith('kept', kept))).toBe(0);
  const given = JSON.stringify({ kind: 'task', title: 't', props: { token, key, address } });
  expect(await run(desk, 'records', 'put', 'workspace', 'r', '--file', fileWith('r.json', given))).toBe(0);
  const patch = fileWith('patch.json', JSON.stringify({ props: { again: [token] } }));
  expect(await run(desk, 'records', 'patch', 'workspace', 'r', '--file', patch)).toBe(0);
  const words = fileWith('words.json', JSON.stringify({ kind: 'task', title: `use ${token}`, props: { key } }));
  expect(await run(desk, 'records', 'put', 'workspace', 'refused', '--file', words)).not.toBe(0);
  const items = [{ id: 'pushed', fields: { kind: 'task', title: 't', props: { address } } }];
  const set = fileWith('set.json', JSON.stringify({ items, contentHash: contentHashOf(items) }));
  expect(await run(desk, 'push', 'workspace', '--owner', 'app:tasks', '--token', '1', '--file', set)).toBe(0);
  const folder = join(stage.root, 'linked');
  await mkdir(folder);
  writeFileSync(join(folder, 'key.md'), `a line\n${key}`);
  writeFileSync(join(folder, 'plain.md'), 'a line\n');
  expect(await run(desk, 'link', 'presence', folder)).toBe(0);
  await until('what is no secret has arrived', async () => {
    const [r, pushed, plain] = await Promise.all([
      laptop.client().record('workspace', 'r'),
      laptop.client().record('workspace', 'pushed'),
      laptop.client().record('presence', 'plain.md'),
    ]);
    return [r, pushed, plain].every((answer) => answer.ok) && JSON.stringify(r).includes('again');
  });
  for (const home of [desk, laptop]) {
    await ask(home);
  }
  await leave(desk);
  await desk.killDaemon('SIGKILL');
  const seen = await places();
  for (const secret of [token, key, address, kept]) {
    expect([sightingsIn(seen, secret), sightingsOnWire(secret)]).toEqual([[], []]);
  }
  expect(wire.sizeBytes).toBeGreaterThan(10_000);
  const relayFiles = new Map([...seen].filter(([place]) => place.startsWith('relay')));
  expect([sightingsIn(relayFiles, label), sightingsOnWire(label)]).toEqual([[], []]);
  // The same search sees what is there: the label in answers, and a secret where somebody leaves one.
  expect(sightingsIn(seen, label)).toContain('answers: utf-8');
  for (const [form, texts] of formsOf(token)) {
    writeFileSync(join(relayFolder, 'left'), `left ${texts[0] as string} here`, 'latin1');
    writeFileSync(join(desk.folder, 'left'), `left ${texts[0] as string} here`, 'latin1');
    const sighted = sightingsIn(await places(), token);
    expect(sighted).toEqual(expect.arrayContaining([`relay/left: ${form}`, `desk/left: ${form}`]));
    await sendOverWire(texts[0] as string);
    expect(sightingsOnWire(token)).toContain(form);
  }
});

/** Everything that a person or a program may ask about it, but for the value itself. */
async function ask(home: Home): Promise<void> {
  const questions = [
    ...['ls workspace', 'get workspace r', 'history workspace r', 'references workspace r'].map(
      (one) => `records ${one}`,
    ),
    ...['explain workspace r', 'secrets ls', 'audit ls --limit 1000', 'audit verify', 'status', 'doctor', 'link ls'],
    ...['reviews ls', 'quarantine ls', 'engines ls', 'sync now', 'store verify', 'policy show', 'restore ls'],
  ];
  for (const question of questions) {
    await run(home, ...question.split(' '));
    await run(home, ...question.split(' '), '--json');
  }
  answered.push(JSON.stringify(await home.client().ownerStatus('workspace', 'app', 'tasks')));
}

/** What a person takes away from the home: exports in plain text, and a sealed backup. */
async function leave(home: Home): Promise<void> {
  await run(home, 'export');
  expect(await run(home, 'export', '--out', join(home.folder, 'everything.jsonl'))).toBe(0);
  const passphrase = fileWith('passphrase', 'correct horse battery staple');
  expect(await run(home, 'backup', 'create', join(home.folder, 'home.backup'), '--passphrase-file', passphrase)).toBe(
    0,
  );
}

async function run(home: Home, ...args: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await home.run(...args);
  answered.push(stdout, stderr);
  return code;
}

function sightingsOnWire(secret: string): readonly string[] {
  return formsOf(secret).flatMap(([form, texts]) => (texts.some((text) => wire.contains(text)) ? [form] : []));
}

/** Resolves once the relay has turned the stranger away. */
async function sendOverWire(text: string): Promise<void> {
  const socket = new WebSocket(wire.url);
  await new Promise((resolve) => {
    socket.once('open', () => {
      socket.send(Buffer.from(text, 'latin1'));
    });
    socket.once('close', resolve);
  });
}

async function places(): Promise<ReadonlyMap<string, string>> {
  const files = await Promise.all(
    (
      [
        ['relay', relayFolder],
        ['desk', desk.folder],
        ['laptop', laptop.folder],
      ] as const
    ).map(async ([name, folder]) =>
      [...(await filesBelow(folder))].map(([path, text]): [string, string] => [`${name}/${path}`, text]),
    ),
  );
  return new Map<string, string>([
    ...files.flat(),
    ['answers', answered.join('\n')],
    ['log of the desk', desk.printed()],
    ['log of the laptop', laptop.printed()],
  ]);
}

function fileWith(name: string, text: string): string {
  const path = join(stage.root, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
