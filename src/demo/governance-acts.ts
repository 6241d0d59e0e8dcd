import { chmod, cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExplainBody } from '../api/types/explain.ts';
import type { PolicyKeyBody } from '../api/types/policy.ts';
import { canonicalText } from '../base/canonical-json.ts';
import type { DemoDevice } from './device.ts';
import type { Act, DemoOptions } from './act.ts';
import type { Stage } from './stage.ts';
import { demand, until } from './wait.ts';

/** What the manifest rules, visibly: each act ends with why, in the words of `explain`. */
export const governanceActs: readonly Act[] = [
  { title: 'A weaker policy does not take effect: the strongest word holds on every device', play: weakerPolicy },
  { title: 'Clients change only by the authority over them, and a lease ends when it expires', play: authority },
  { title: 'A decision is taken back: undo opens the review again on both devices', play: undo },
  { title: 'A record goes back to an earlier version, as a new change', play: rollback },
  {
    title: 'A mass deletion is held on the other device, and its rejection brings everything back',
    play: heldDeletion,
  },
  { title: 'An older device keeps what newer ones write, and reads it after its upgrade', play: olderDevice },
];

async function weakerPolicy({ desk, laptop }: Stage): Promise<string> {
  await desk.run('scopes', 'create', 'org', 'Demo');
  for (const device of [desk, laptop]) {
    await until(`${device.name} is in the org`, async () => {
      const { items } = (await device.run('scopes', 'ls')) as { items: readonly { kind: string; holdsKey: boolean }[] };
      return items.some(({ kind, holdsKey }) => kind === 'org' && holdsKey);
    });
    await device.run('engines', 'enable', 'sourceos.sync.policy-fabric');
  }
  await desk.run('policy', 'set', 'write.memory', 'decision', 'deny', '--layer', 'org');
  await desk.run('policy', 'set', 'write.memory', 'decision', 'allow', '--layer', 'workspace');
  const policyOf = async (device: DemoDevice): Promise<PolicyKeyBody> =>
    (await device.run('policy', 'explain', 'write.memory')) as PolicyKeyBody;
  await until('both documents are on the laptop', async () => (await policyOf(laptop)).words.length === 2);
  for (const device of [desk, laptop]) {
    demand((await policyOf(device)).rule?.['value'] === 'deny', `deny holds on ${device.name}`);
  }
  const memory = { text: 'x', lifecycle: 'proposed', provenance: 'demo' };
  const refused = await refusalOf(laptop.ask((client) => client.putRecord('memory', 'denied', memory)));
  demand(refused !== undefined, 'a write to memory is refused');
  await explained(desk, 'policy', 'workspace', 'strongest_policy_wins');
  return (await policyOf(laptop)).says;
}

async function authority({ desk, laptop, root }: Stage): Promise<string> {
  for (const device of [desk, laptop]) {
    await device.run('engines', 'enable', 'sourceos.sync.clients');
  }
  const fields = { label: 'Desk app', platform: 'linux', appVersion: '1', publicKeys: { sign: 'a', box: 'b' } };
  await desk.ask((client) => client.putRecord('clients', 'desk-app', fields));
  const queue = async () => laptop.ask((client) => client.reviews({ collection: 'clients' }));
  await until('new keys wait on the laptop', async () => (await queue()).elsewhere?.length === 1);
  demand((await queue()).items.length === 0, 'the laptop, which lacks the authority, is not asked');
  const refused = await refusalOf(laptop.ask((client) => client.putRecord('clients', 'desk-app', fields)));
  demand(refused?.includes('the authority "clients"') === true, 'and may not write them itself');
  const { items } = await desk.ask((client) => client.devices());
  const { deviceId = '' } = items.find(({ self }) => !self) ?? {};
  await desk.run('devices', 'role', deviceId, 'admin', '--authority', 'clients');
  await until('it may decide once it has the authority', async () => {
    const [item] = (await queue()).items;
    return item !== undefined && (await refusalOf(laptop.run('reviews', 'accept', item.id))) === undefined;
  });
  demand((await stateOf(laptop, 'clients', 'desk-app')) === 'live', 'the record is live on the laptop');
  const file = join(root, 'lease.json');
  await desk.run('lease', 'grant', '--agent', 'writer', '--capability', 'records.write', '--ttl', '1h', '--out', file);
  const later = new Date(Date.now() + 2 * 3_600_000).toISOString();
  demand(
    ((await desk.run('lease', 'verify', file)) as { verdict: string }).verdict === 'accept',
    'the lease holds now',
  );
  const expired = await refusalOf(desk.run('lease', 'verify', file, '--at', later));
  demand(expired !== undefined, 'two hours later it does not');
  await explained(laptop, 'clients', 'desk-app', 'signed_authority_required');
  return 'the laptop was not asked until it was given the authority; the lease held for its hour and not beyond';
}

async function undo({ desk, laptop }: Stage): Promise<string> {
  const alias = { kind: 'alias', name: 'gs', body: 'git status' };
  await desk.ask((client) => client.putRecord('shell', 'alias-gs', alias));
  const open = async (device: DemoDevice): Promise<readonly { id: string; recordId: string }[]> =>
    (await device.ask((client) => client.reviews({ collection: 'shell' }))).items;
  await until('the proposal waits on the laptop', async () =>
    (await open(laptop)).some(({ recordId }) => recordId === 'alias-gs'),
  );
  const id = (await open(laptop)).find(({ recordId }) => recordId === 'alias-gs')?.id ?? '';
  await laptop.run('reviews', 'reject', id);
  await until('its author is asked to take it back', async () =>
    (await open(desk)).some(({ recordId }) => recordId === 'alias-gs'),
  );
  demand((await stateOf(desk, 'shell', 'alias-gs')) === 'live', 'until then it stays live on the desk alone');
  await laptop.run('reviews', 'undo', id);
  demand(
    (await open(laptop)).some((item) => item.id === id),
    'the same item is open again',
  );
  await laptop.run('reviews', 'accept', id);
  for (const device of [desk, laptop]) {
    await until(
      `it is live on ${device.name}, and nobody is asked`,
      async () =>
        (await stateOf(device, 'shell', 'alias-gs')) === 'live' &&
        !(await open(device)).some(({ recordId }) => recordId === 'alias-gs'),
    );
  }
  await explained(laptop, 'shell', 'alias-gs', 'manual_review');
  return 'rejected, taken back, accepted: each a signed decision that travelled';
}

async function rollback({ desk, laptop }: Stage): Promise<string> {
  const first = { kind: 'task', title: 'As it was', props: { budget: 100 } };
  const { version } = await desk.ask((client) => client.putRecord('workspace', 'rolled-back', first));
  await desk.ask((client) =>
    client.putRecord('workspace', 'rolled-back', { kind: 'task', title: 'Spoilt', props: {} }),
  );
  await desk.run('records', 'rollback', 'workspace', 'rolled-back', '--to', String(version));
  for (const device of [desk, laptop]) {
    await until(`${device.name} has the earlier version`, async () => {
      const { fields } = await device.ask((client) => client.record('workspace', 'rolled-back'));
      return fields !== null && canonicalText(fields) === canonicalText(first);
    });
  }
  await explained(laptop, 'workspace', 'rolled-back', 'graph_merge');
  return 'byte for byte what it was, on both; the history keeps what came between';
}

async function heldDeletion({ desk, laptop, root }: Stage): Promise<string> {
  const items = Array.from({ length: 120 }, (_, index) => ({
    id: `seed-${index}`,
    fields: { kind: 'note', title: `Seed ${index}` },
  }));
  const push = async (token: number, set: readonly object[], ...more: readonly string[]): Promise<void> => {
    const file = join(root, `set-${token}.json`);
    await writeFile(file, JSON.stringify(set));
    const words = ['push', 'workspace', '--owner', 'app:demo', '--token', String(token), '--file', file];
    await desk.run(...words, ...more);
  };
  const liveSeeds = async (device: DemoDevice): Promise<number> => {
    const { items: records } = await device.ask((client) => client.records('workspace', { limit: 1000 }));
    return records.filter(({ id }) => id.startsWith('seed-')).length;
  };
  await push(1, items);
  await until('the set is on the laptop', async () => (await liveSeeds(laptop)) === items.length);
  await push(2, items.slice(0, 1), '--execute');
  const held = async (): Promise<readonly { id: string; kind: string }[]> =>
    (await laptop.ask((client) => client.reviews({ collection: 'workspace' }))).items.filter(
      ({ kind }) => kind === 'brake',
    );
  await until('the laptop holds it', async () => (await held()).length === 1);
  demand((await liveSeeds(laptop)) === items.length, 'nothing of the set is gone on the laptop');
  demand((await liveSeeds(desk)) === 1, 'on the desk it is gone');
  await laptop.run('reviews', 'reject', (await held())[0]?.id ?? '');
  await until('the desk has it back', async () => (await liveSeeds(desk)) === (await liveSeeds(laptop)));
  demand((await liveSeeds(desk)) === items.length, 'all of it is back on both');
  await explained(laptop, 'workspace', 'seed-39', 'graph_merge');
  return `${await liveSeeds(desk)} of ${items.length} records are live on both, by one word on the laptop`;
}

async function olderDevice({ desk, laptop }: Stage, { samples }: DemoOptions): Promise<string> {
  await install(desk, join(samples, 'recipes-2'));
  await install(laptop, join(samples, 'recipes-1'));
  await desk.ask((client) => client.putRecord('recipes', 'soup', { title: 'Soup', duration: { minutes: 30 } }));
  await desk.ask((client) => client.putRecord('workspace', 'beside-soup', { kind: 'task', title: 'goes on' }));
  await until('other records go on', async () => (await stateOf(laptop, 'workspace', 'beside-soup')) === 'live');
  const { items } = await laptop.ask((client) => client.quarantine());
  demand(
    items.some(({ reasonCode, recordId }) => reasonCode === 'migration_required' && recordId === 'soup'),
    'the laptop keeps the newer record for later',
  );
  await install(laptop, join(samples, 'recipes-2'));
  await until('the upgraded laptop reads it', async () => (await stateOf(laptop, 'recipes', 'soup')) === 'live');
  await explained(laptop, 'recipes', 'soup', 'graph_merge');
  return 'held as migration_required, sealed as it came; live after the upgrade, without asking the relay';
}

/** A third-party engine as a person installs it: its files, and a restart. */
async function install(device: DemoDevice, from: string): Promise<void> {
  const { engines } = (await device.run('paths')) as { engines: readonly string[] };
  const [folder = ''] = engines;
  await mkdir(folder, { recursive: true });
  await cp(from, folder, { recursive: true });
  for (const name of await readdir(folder)) {
    // A script that others may write is refused.
    await chmod(join(folder, name), 0o600);
  }
  demand((await readFile(join(folder, 'recipes.json'))).length > 0, 'the manifest is in place');
  await device.stopDaemon();
  await device.startDaemon();
}

async function stateOf(device: DemoDevice, collection: string, id: string): Promise<string> {
  return (await device.ask((client) => client.record(collection, id))).state;
}

/** The words of a refusal, or undefined when there was none. */
async function refusalOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** `explain` names the strategy, answers every step, and says who signed. */
async function explained(device: DemoDevice, collection: string, id: string, strategy: string): Promise<void> {
  const { changes } = (await device.run('explain', collection, id)) as ExplainBody;
  const last = changes.at(-1);
  demand(JSON.stringify(last ?? null).includes(strategy), `explain of ${collection}/${id} names ${strategy}`);
  demand((last?.steps.length ?? 0) >= 8, `explain of ${collection}/${id} answers every step`);
}
