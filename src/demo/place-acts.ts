import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReviewBody } from '../api/types/reviews.ts';
import type { DemoDevice } from './device.ts';
import type { Act } from './act.ts';
import type { Stage } from './stage.ts';
import { demand, until } from './wait.ts';

/** What a person's programs keep in files of their own, in homes that the demo makes. */
export const placeActs: readonly Act[] = [
  { title: 'sourcesync setup finds the start files of both; two edits of one file merge by alias', play: mergeAliases },
  { title: 'A PATH of another device waits, with its reason', play: pathWaits },
  { title: 'A server of an application that runs something else under its name waits', play: serverWaits },
];

const startFile = '.bashrc';
const servers = '.cursor/mcp.json';

async function mergeAliases({ desk, laptop }: Stage): Promise<string> {
  const text = "# mine\nalias ll='ls -l'\nalias gs='git status'\n";
  for (const device of [desk, laptop]) {
    await writeFile(join(device.person, startFile), text);
    const { items } = (await device.run('setup', '--yes', '--engines', 'shell')) as {
      items: readonly { on: boolean }[];
    };
    demand(
      items.some(({ on }) => on),
      `a place of ${device.name} is followed`,
    );
  }
  await edit(desk, startFile, "'ls -l'", "'ls -lh'");
  await edit(laptop, startFile, "'git status'", "'git status -sb'");
  await accept(laptop, 'bash/alias/ll');
  await accept(desk, 'bash/alias/gs');
  const both = text.replace("'ls -l'", "'ls -lh'").replace("'git status'", "'git status -sb'");
  for (const device of [desk, laptop]) {
    await until(`${device.name} has both edits`, async () => (await read(device, startFile)) === both);
  }
  return 'each changed another alias, accepted the other one, and every other byte of both files is as it was';
}

async function pathWaits({ desk, laptop }: Stage): Promise<string> {
  await edit(desk, startFile, '# mine', '# mine\nexport PATH="/tmp/bin:$PATH"');
  const { summary } = await asked(laptop, 'bash/path/%2Ftmp%2Fbin');
  demand(!(await read(laptop, startFile)).includes('PATH'), 'the laptop’s start file has no PATH');
  return `the laptop is asked: ${summary}`;
}

async function serverWaits({ desk, laptop }: Stage): Promise<string> {
  await desk.run('devices', 'role', 'laptop', 'admin', '--authority', 'agents');
  const known = '{ "mcpServers": { "fetch": { "command": "uvx", "args": ["mcp-server-fetch==1.0.0"] } } }\n';
  for (const device of [desk, laptop]) {
    await mkdir(join(device.person, '.cursor'), { recursive: true });
    await writeFile(join(device.person, servers), known);
    await device.run('setup', '--yes', '--engines', 'sourceos.sync.agent-registry');
  }
  await edit(desk, servers, '"uvx"', '"sh"');
  const { summary } = await asked(laptop, 'cursor/mcp/fetch');
  demand((await read(laptop, servers)) === known, 'the laptop’s file is as it was');
  return `the laptop is asked: ${summary}`;
}

async function edit(device: DemoDevice, name: string, from: string, to: string): Promise<void> {
  const path = join(device.person, name);
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
}

async function read(device: DemoDevice, name: string): Promise<string> {
  return readFile(join(device.person, name), 'utf8');
}

async function asked(device: DemoDevice, recordId: string): Promise<ReviewBody> {
  let found: ReviewBody | undefined;
  await until(`${device.name} is asked about ${recordId}`, async () => {
    const { items } = await device.ask((client) => client.reviews({ limit: 1000 }));
    found = items.find((item) => item.recordId === recordId);
    return found !== undefined;
  });
  return found as ReviewBody;
}

async function accept(device: DemoDevice, recordId: string): Promise<void> {
  const { id } = await asked(device, recordId);
  await device.ask((client) => client.decide(id, 'accept'));
}
