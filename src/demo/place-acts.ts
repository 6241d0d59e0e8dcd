import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReviewBody } from '../api/types/reviews.ts';
import type { DemoDevice } from './device.ts';
import type { Act } from './act.ts';
import type { Stage } from './stage.ts';
import { findChromium, makeBookmark } from './chromium.ts';
import { demand, until } from './wait.ts';

/** What a person's programs keep in files of their own, in homes that the demo makes. */
export const placeActs: readonly Act[] = [
  { title: 'sourcesync setup finds the start files of both; two edits of one file merge by alias', play: mergeAliases },
  { title: 'A PATH of another device waits, with its reason', play: pathWaits },
  { title: 'A server of an application that runs something else under its name waits', play: serverWaits },
  { title: 'An extension that is removed on one machine stays removed', play: removalStays },
  { title: 'A bookmark of Chromium shows on the other machine', play: bookmarkShows },
  { title: 'A route of a model that leaves the machine waits, with where it leads', play: routeWaits },
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

const extensions = '.vscode/extensions/extensions.json';

async function removalStays({ desk, laptop }: Stage): Promise<string> {
  const list = (ids: readonly string[]): string =>
    JSON.stringify(ids.map((id) => ({ identifier: { id }, version: '1.0.0', relativeLocation: `${id}-1.0.0` })));
  for (const device of [desk, laptop]) {
    for (const id of ['acme.keep', 'acme.leave']) {
      await put(device, `.vscode/extensions/${id}-1.0.0/package.json`, '{ "main": "./main.js" }');
    }
    await put(device, extensions, list(['acme.keep', 'acme.leave']));
    await device.run('setup', '--yes', '--engines', 'extensions');
  }
  await put(desk, extensions, list(['acme.keep']));
  await accept(laptop, 'vscode/acme.leave');
  // Its editor goes on updating it there.
  await put(
    laptop,
    extensions,
    list(['acme.keep', 'acme.leave']).replace(
      /"1.0.0","relativeLocation":"acme.leave/,
      '"1.0.1","relativeLocation":"acme.leave',
    ),
  );
  await laptop.run('sync', 'now');
  await until('both know one extension', async () => {
    const known = await Promise.all([desk, laptop].map(async (device) => namesOf(device, 'extensions')));
    return known.every((names) => names.join() === 'vscode/acme.keep');
  });
  return 'the laptop’s editor updated it once more, and no record came back; places show says how to remove it there';
}

const bookmarks = '.config/chromium/Default/Bookmarks';

async function bookmarkShows({ desk, laptop }: Stage): Promise<string> {
  const folder = (id: string, children: readonly object[]): object => ({ type: 'folder', name: '', id, children });
  const bar = (...titles: readonly string[]): string => {
    const links = titles.map((name, index) => ({
      ...{ type: 'url', name, id: String(index + 5), url: `https://${name.toLowerCase()}.example/` },
    }));
    const roots = { bookmark_bar: folder('1', links), other: folder('2', []), synced: folder('3', []) };
    return JSON.stringify({ roots, version: 1 });
  };
  for (const device of [desk, laptop]) {
    await put(device, bookmarks, bar('News'));
    await device.run('setup', '--yes', '--engines', 'browser');
  }
  const browser = findChromium();
  await (browser === undefined
    ? put(desk, bookmarks, bar('News', 'Maps'))
    : makeBookmark(browser, desk.person, 'Maps', 'https://maps.example/'));
  const { summary } = await asked(laptop, 'bookmarks/bookmark/bar/Maps');
  await accept(laptop, 'bookmarks/bookmark/bar/Maps');
  await until('the laptop has the bookmark', async () =>
    (await namesOf(laptop, 'browser')).includes('bookmarks/bookmark/bar/Maps'),
  );
  demand((await read(laptop, bookmarks)) === bar('News'), 'the laptop’s browser was left alone');
  const where =
    browser === undefined ? 'in a list as Chromium keeps it, which is not installed here' : 'by Chromium itself';
  return `made ${where}; the laptop was asked: ${summary}`;
}

const routes = '.continue/config.yaml';

async function routeWaits({ desk, laptop }: Stage): Promise<string> {
  const known = 'models:\n  - name: Quick\n    provider: ollama\n    model: small:1b\n';
  for (const device of [desk, laptop]) {
    await put(device, routes, known);
    await device.run('setup', '--yes', '--engines', 'models');
  }
  await put(desk, routes, `${known}    apiBase: https://elsewhere.example\n`);
  const { summary } = await asked(laptop, 'continue/route/Quick');
  demand((await read(laptop, routes)) === known, 'the laptop’s route is as it was');
  return `the laptop is asked: ${summary}`;
}

async function namesOf(device: DemoDevice, collection: string): Promise<readonly string[]> {
  const { items } = await device.ask((client) => client.records(collection, { limit: 1000 }));
  return items.filter(({ state }) => state === 'live').map(({ id }) => id);
}

/** As programs do: another file takes its place. */
async function put(device: DemoDevice, name: string, text: string): Promise<void> {
  const path = join(device.person, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
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
