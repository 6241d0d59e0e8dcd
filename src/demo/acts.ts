import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoDevice } from './device.ts';
import type { Act } from './act.ts';
import type { Stage } from './stage.ts';
import { contentOf, demand, foldersEqual, until } from './wait.ts';

const canary = 'canary-4f1d2c-correct-horse-battery';
const note = 'shared plan.md';

/** The story, in order: later acts build on what earlier ones left. */
export const openingActs: readonly Act[] = [
  { title: 'Two devices meet: one is set up, the other joins with a code', play: pair },
  { title: 'First sync: folders of notes and a workspace graph', play: firstSync },
  { title: 'Dotfiles travel as proposals, and are accepted in one go', play: acceptDotfiles },
  { title: 'Both edit one note at the same time: both edits hold', play: mergeText },
  {
    title: 'Both edit one graph node: other fields merge, the same field is a conflict to choose from',
    play: mergeGraph,
  },
  { title: 'A changed shell alias waits for review before it takes effect', play: reviewShell },
  { title: 'A record of an unknown producer is quarantined until it is released', play: quarantineInbox },
  { title: 'An audit entry can be added and never changed', play: appendOnly },
  { title: 'A secret never leaves: not on the wire, not at the relay, not on the other device', play: keepSecret },
  { title: 'Offline: the laptop is off, the desk goes on, the laptop catches up', play: catchUp },
  { title: 'One collection switched off and on again', play: switchOff },
];

export const closingAct: Act = { title: 'Every audit chain, signature and seal verifies', play: verifyAll };

async function pair({ desk, laptop, wire }: Stage): Promise<string> {
  await desk.run('init', '--label', 'desk', '--relay', wire.url, '--yes');
  await desk.startDaemon();
  const { code } = (await desk.run('pair', 'invite', '--trust-code')) as { code: string };
  await laptop.run('pair', 'join', code, '--label', 'laptop', '--trust-code');
  await laptop.startDaemon();
  const { items } = await laptop.ask((client) => client.devices());
  demand(items.length === 2, 'the laptop knows two devices');
  return 'desk and laptop hold each other in a signed membership log';
}

async function firstSync({ desk, laptop }: Stage, { samples }: { samples: string }): Promise<string> {
  for (const folder of ['notes', 'workspace', 'dotfiles']) {
    await cp(join(samples, 'workstation', folder), desk.folder(folder), { recursive: true });
    await mkdir(laptop.folder(folder), { recursive: true });
  }
  await writeFile(join(desk.folder('notes'), note), 'Plan\n\nmorning: \n\nevening: \n');
  for (const device of [desk, laptop]) {
    for (const [engine, folder] of [
      ['notes', 'notes'],
      ['workspace', 'workspace'],
      ['shell', 'dotfiles'],
    ] as const) {
      await device.ask((client) => client.link(`sourceos.sync.${engine}`, device.folder(folder)));
    }
  }
  for (const folder of ['notes', 'workspace']) {
    await until(`${folder} is the same on both`, async () => foldersEqual(desk.folder(folder), laptop.folder(folder)));
  }
  const files = (await contentOf(laptop.folder('notes'))).size + (await contentOf(laptop.folder('workspace'))).size;
  return `${files} files are byte for byte the same on both`;
}

async function acceptDotfiles({ desk, laptop }: Stage): Promise<string> {
  const count = (await contentOf(desk.folder('dotfiles'))).size;
  await until(`${count} proposals wait on the laptop`, async () => (await countsOf(laptop, 'shell')).review === count);
  demand((await contentOf(laptop.folder('dotfiles'))).size === 0, 'no dotfile is on the laptop before it was accepted');
  await laptop.ask((client) => client.decideAll('shell', 'accept'));
  await until('the dotfiles are the same on both', async () =>
    foldersEqual(desk.folder('dotfiles'), laptop.folder('dotfiles')),
  );
  return `${count} proposals waited, none took effect before the decision; then all files are the same`;
}

async function mergeText({ desk, laptop }: Stage): Promise<string> {
  await laptop.ask((client) => client.sync('pause'));
  await replaceIn(join(desk.folder('notes'), note), 'morning: ', 'morning: write the report');
  await replaceIn(join(laptop.folder('notes'), note), 'evening: ', 'evening: read it aloud');
  await until('the laptop has taken its own edit in', async () => (await countsOf(laptop, 'notes')).outbox > 0);
  await until('the desk has taken its edit in', async () => (await textOf(desk, note)).includes('write the report'));
  await laptop.ask((client) => client.sync('resume'));
  await until('both edits are in both files', async () => {
    const texts = await Promise.all(
      [desk, laptop].map(async (device) => readFile(join(device.folder('notes'), note), 'utf8')),
    );
    return texts.every((text) => text.includes('write the report') && text.includes('read it aloud'));
  });
  return 'the note holds both edits on both devices; nobody was asked';
}

async function mergeGraph({ desk, laptop }: Stage): Promise<string> {
  const id = 'demo-task';
  await desk.ask((client) =>
    client.putRecord('workspace', id, { kind: 'task', title: 'Draft', props: { owner: 'nobody' } }),
  );
  await until(
    'the task is on the laptop',
    async () => (await fieldsOf(laptop, 'workspace', id))?.['title'] === 'Draft',
  );
  await laptop.ask((client) => client.sync('pause'));
  await desk.ask((client) =>
    client.patchRecord('workspace', id, { title: 'Draft of the desk', props: { due: 'Friday' } }),
  );
  await laptop.ask((client) =>
    client.patchRecord('workspace', id, { title: 'Draft of the laptop', props: { owner: 'Ines' } }),
  );
  await laptop.ask((client) => client.sync('resume'));
  for (const device of [desk, laptop]) {
    await until(
      `the conflict is listed on ${device.name}`,
      async () => (await countsOf(device, 'workspace')).conflicts === 1,
    );
    const fields = (await fieldsOf(device, 'workspace', id)) as { props: { due?: string; owner?: string } };
    demand(fields.props.due === 'Friday' && fields.props.owner === 'Ines', 'edits of other fields both hold');
  }
  const { items } = await desk.ask((client) => client.reviews({ collection: 'workspace' }));
  await desk.ask((client) => client.decide(items[0]?.id ?? '', 'accept'));
  await until('the decision has travelled', async () => (await countsOf(laptop, 'workspace')).conflicts === 0);
  const titles = await Promise.all(
    [desk, laptop].map(async (device) => (await fieldsOf(device, 'workspace', id))?.['title']),
  );
  demand(titles[0] === titles[1], 'both show the title that was chosen');
  return `due and owner merged; the two titles were one conflict, decided once: "${String(titles[0])}"`;
}

async function reviewShell({ desk, laptop }: Stage): Promise<string> {
  const [file = ''] = [...(await contentOf(desk.folder('dotfiles'))).keys()].filter((path) => path.includes('alias'));
  const before = await readFile(join(laptop.folder('dotfiles'), file), 'utf8');
  await appendFile(join(desk.folder('dotfiles'), file), "alias deploy='make deploy'\n");
  await until('the proposal waits on the laptop', async () => (await countsOf(laptop, 'shell')).review === 1);
  demand(
    (await readFile(join(laptop.folder('dotfiles'), file), 'utf8')) === before,
    'the alias file on the laptop is untouched',
  );
  const { items } = await laptop.ask((client) => client.reviews({ collection: 'shell' }));
  await laptop.ask((client) => client.decide(items[0]?.id ?? '', 'accept'));
  await until('the accepted alias is in the file', async () =>
    foldersEqual(desk.folder('dotfiles'), laptop.folder('dotfiles')),
  );
  return `${file} on the laptop stayed as it was until the change was accepted`;
}

async function quarantineInbox({ desk, laptop }: Stage): Promise<string> {
  await desk.ask((client) => client.putRecord('inbox', 'drop-1', { producer: 'unknown-script', body: 'run me' }));
  await until('it is held on the laptop', async () => (await countsOf(laptop, 'inbox')).quarantined === 1);
  demand((await countsOf(laptop, 'inbox')).live === 0, 'nothing of it is live on the laptop');
  const { items } = await laptop.ask((client) => client.quarantine());
  await laptop.ask((client) => client.settleQuarantined(items[0]?.id ?? '', 'release'));
  demand((await fieldsOf(laptop, 'inbox', 'drop-1'))?.['body'] === 'run me', 'it is live once released');
  return 'it was inert and inspectable, then live by a person’s word';
}

async function appendOnly({ desk, laptop }: Stage): Promise<string> {
  const [event] = (await desk.ask((client) => client.audit({ limit: 1 }))).items;
  const entry = JSON.parse(JSON.stringify(event)) as Record<string, never>;
  for (const device of [desk, laptop]) {
    const refused = await device
      .ask((client) => client.putRecord('audit', 'entry-1', entry))
      .then(
        () => false,
        () => true,
      );
    demand(refused, `an entry of ${device.name} that its daemon did not write is refused`);
  }
  return 'the daemons alone write into the audit: an entry of somebody else was refused on both devices';
}

async function keepSecret({ desk, laptop, relayFolder, wire }: Stage): Promise<string> {
  await desk.ask((client) => client.putRecord('secrets', 'api-token', { label: 'API token', value: canary }));
  await desk.ask((client) => client.putRecord('notes', 'after-the-secret', { kind: 'note', text: 'sent later' }));
  await until(
    'a later record is on the laptop',
    async () => (await fieldsOf(laptop, 'notes', 'after-the-secret')) !== null,
  );
  demand((await desk.ask((client) => client.records('secrets'))).items.length === 1, 'the desk keeps the secret');
  demand(wire.sizeBytes > 0 && !wire.contains(canary), 'the secret is in no byte on the wire');
  for (const folder of [relayFolder, laptop.home, desk.home]) {
    for (const [path, bytes] of await contentOf(folder)) {
      demand(!bytes.includes(canary), `${path} does not hold the secret in clear`);
    }
  }
  return `searched ${Math.round(wire.sizeBytes / 1024)} KiB of wire, the relay's data and both homes: not there`;
}

async function catchUp({ desk, laptop }: Stage): Promise<string> {
  await laptop.stopDaemon();
  const paths = [...(await contentOf(desk.folder('notes'))).keys()];
  const names = paths.filter((path) => path.endsWith('.md') && path !== note).slice(0, 50);
  for (const name of names) {
    await appendFile(join(desk.folder('notes'), name), '\nWritten while the laptop was off.\n');
  }
  await appendFile(join(laptop.folder('notes'), note), '\nWritten on the laptop while its daemon was off.\n');
  await laptop.startDaemon();
  await until('both folders are the same again', async () => {
    const fresh = await readFile(join(desk.folder('notes'), note), 'utf8');
    return (
      fresh.includes('while its daemon was off') && (await foldersEqual(desk.folder('notes'), laptop.folder('notes')))
    );
  });
  const last = await readFile(join(laptop.folder('notes'), names.at(-1) ?? ''), 'utf8');
  demand(last.includes('Written while the laptop was off.'), 'the edits of the desk are on the laptop');
  return `${names.length} edits of the desk and one of the laptop met, none was lost`;
}

async function switchOff({ desk, laptop }: Stage): Promise<string> {
  await laptop.run('engines', 'disable', 'notes');
  await desk.ask((client) => client.putRecord('notes', 'while-off', { kind: 'note', text: 'kept for later' }));
  await desk.ask((client) => client.putRecord('workspace', 'while-off', { kind: 'task', title: 'goes on' }));
  await until('the other collections go on', async () => (await fieldsOf(laptop, 'workspace', 'while-off')) !== null);
  demand((await fieldsOf(laptop, 'notes', 'while-off')) === null, 'the switched-off collection has no new record');
  await laptop.run('engines', 'enable', 'notes');
  await until('what was kept arrives', async () => (await fieldsOf(laptop, 'notes', 'while-off')) !== null);
  return 'notes stood still while the workspace went on; switched on again, nothing was missing';
}

async function verifyAll({ desk, laptop }: Stage): Promise<string> {
  const counts: string[] = [];
  for (const device of [desk, laptop]) {
    const audit = (await device.run('audit', 'verify')) as { valid: boolean; events: number };
    demand(audit.valid, `the audit chain of ${device.name} is unbroken`);
    const { ok, checks } = (await device.run('doctor')) as {
      ok: boolean;
      checks: readonly { ok: boolean; message: string }[];
    };
    demand(ok, `doctor finds nothing wrong on ${device.name}: ${checks.find((check) => !check.ok)?.message ?? ''}`);
    counts.push(`${device.name} ${audit.events} audit events`);
  }
  return counts.join(', ');
}

async function countsOf(
  device: DemoDevice,
  collection: string,
): Promise<{ live: number; review: number; conflicts: number; quarantined: number; outbox: number }> {
  const { engines } = await device.ask((client) => client.status());
  const engine = engines.find((one) => one.collection === collection);
  if (engine === undefined) {
    throw new Error(`${device.name} serves no collection ${collection}`);
  }
  return engine.counts;
}

async function fieldsOf(
  device: DemoDevice,
  collection: string,
  id: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  return (await device.ask((client) => client.record(collection, id))).fields;
}

async function textOf(device: DemoDevice, id: string): Promise<string> {
  return String((await fieldsOf(device, 'notes', id))?.['text'] ?? '');
}

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
}
