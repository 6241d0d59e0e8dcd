import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { isJsonObject } from '../../../src/base/json.ts';
import type { LinkBody } from '../../../src/api/types/links.ts';
import type { ReviewBody } from '../../../src/api/types/reviews.ts';
import type { Client } from '../../../src/client/client.ts';
import { type Device as Home, createDevice } from '../../bench/stage/device.ts';
import { bytesOfRecord } from './record-file.ts';
import { type Device, type DeviceName, type FolderKind, type OpenItem, type Standing, folderKinds } from './port.ts';
import { openPast } from './real-past.ts';

const pageSize = 500;

/** A device of the built program, with its folders below `files`. */
export function createRealDevice(name: DeviceName, homeFolder: string, files: string): Device {
  const home: Home = createDevice(homeFolder, []);
  let isRunning = false;
  const rootOf = (kind: FolderKind): string => join(files, kind);
  const kindAt = (path: string): FolderKind | undefined => folderKinds.find((kind) => rootOf(kind) === path);

  async function standing(): Promise<Standing> {
    const { relay, engines } = await home.ask((client) => client.status());
    const { items } = await home.ask((client) => client.links());
    return {
      isOnline: relay.state === 'online',
      outbox: engines.reduce((sum, { counts }) => sum + counts.outbox, 0),
      folders: items.flatMap((link) => {
        const kind = kindAt(link.path);
        return kind === undefined ? [] : [{ kind, ...standingOf(link) }];
      }),
    };
  }

  return {
    name,
    root: rootOf,
    link: async (kind) => void (await home.ask((client) => client.link(`sourceos.sync.${kind}`, rootOf(kind)))),
    get isRunning(): boolean {
      return isRunning;
    },
    async start() {
      await home.start();
      isRunning = true;
    },
    async stop() {
      isRunning = false;
      await home.stop();
    },
    async kill() {
      isRunning = false;
      await home.daemon.kill();
      await home.stop();
    },
    pause: async () => void (await home.ask((client) => client.sync('pause'))),
    resume: async () => void (await home.ask((client) => client.sync('resume'))),
    look: async () => void (await home.ask((client) => client.sync('now'))),
    async resumeFolder(kind) {
      await home.ask((client) => client.resumeLink(rootOf(kind)));
    },
    async adoptFolder(kind) {
      await home.ask((client) => client.adoptLink(rootOf(kind)));
    },
    standing,
    async fileOf(kind, path) {
      const { fields } = await home.ask((client) => client.record(kind, path));
      return fields === null ? undefined : bytesOfRecord(kind, path, fields);
    },
    items: async () => (await openReviews(home)).map((review) => itemOf(review, kindAt)),
    async shownBy({ id, folder }) {
      const detail = await home.ask((client) => client.review(id));
      return folder === undefined ? [] : shownIn(folder, detail.recordId, detail as unknown as JsonObject);
    },
    decide: async ({ id }, action) => void (await home.ask((client) => client.decide(id, action))),
    openPast: async () => openPast(homeFolder, isRunning ? home.daemon.pid : undefined),
  };
}

/** Everything that is said of its files, not the first three alone. */
function standingOf({ state, problems }: LinkBody): Omit<Standing['folders'][number], 'kind'> {
  return {
    isPaused: state === 'paused',
    notInStep: problems.map(({ path, message }) => ({ path: path.normalize('NFC'), reason: message })),
  };
}

async function openReviews(home: Home): Promise<readonly ReviewBody[]> {
  const all: ReviewBody[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: pageSize } : { limit: pageSize, cursor };
    const page: Awaited<ReturnType<typeof ask>> = await ask(home, query);
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

function ask(home: Home, query: Parameters<Client['reviews']>[0]) {
  return home.ask((client) => client.reviews(query));
}

function itemOf(review: ReviewBody, kindAt: (path: string) => FolderKind | undefined): OpenItem {
  const { id, kind, collection, recordId, summary } = review;
  return {
    id,
    kind: kind === 'proposal' || kind === 'conflict' || kind === 'brake' ? kind : 'other',
    folder: kindAt(recordId) ?? folderKinds.find((folder) => folder === collection),
    summary,
  };
}

/** Every content that stands anywhere in what a review shows: whole records, and single texts. */
function shownIn(folder: FolderKind, id: string, value: JsonValue): readonly Uint8Array[] {
  if (typeof value === 'string') {
    return [new TextEncoder().encode(value)];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const file = isJsonObject(value) ? bytesOfRecord(folder, id, value) : undefined;
  const inside = Object.values(value).flatMap((item) => shownIn(folder, id, item as JsonValue));
  return file === undefined ? inside : [file, ...inside];
}
