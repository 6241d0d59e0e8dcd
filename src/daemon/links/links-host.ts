import type { EngineId } from '../../base/ids.ts';
import { hexFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { LinkBody, LinkCleanBody, LinkFetchBody, LinkShowBody } from '../../api/types/links.ts';
import { defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { checkRoot, realPathOf } from '../../sources/ground/root-checks.ts';
import { builtInPatterns, ignoreFileName, localIgnoreFileName } from '../../sources/reconcile/ignore-rules.ts';
import type { LinkRow } from '../../store/ground/link-table.ts';
import { fetchFirst } from './fetch-first.ts';
import { type FolderNews, createFolderNews } from './folder-news.ts';
import { linkBody } from './link-body.ts';
import { type LinksHostDeps, linkRow, patchLink, rowOfPlace, rowToFollow } from './link-memory.ts';
import { createLinkRecords } from './link-records.ts';
import { endFollowing, followedAt, isFollowed, restingBodies, restingFault, unlinkResting } from './resting-links.ts';
import type { RunningLink, RunningLinks } from './running-links.ts';
import { startLink } from './start-link.ts';

/** The linked folders of this home: each feeds one collection and is fed by it. */
export interface LinksHost extends FolderNews {
  /** Starts each that is not at work and is to be followed. */
  startAll(): Promise<void>;
  /** Ends following the folders of an engine, until they are started again. */
  endFollowing(engineId: EngineId): Promise<void>;
  link(engineId: string, root: string, takesLinks: boolean): Promise<Result<LinkBody, ControlFault>>;
  /** The same for a place of the engine, whose first file is the root; where it was left, it goes on from there. */
  linkPlace(engineId: EngineId, root: string, place: string): Promise<Result<LinkBody, ControlFault>>;
  /** Ends following a place, and keeps what is noted of its units. */
  leavePlace(place: string): Promise<Result<LinkBody, ControlFault>>;
  unlink(root: string): Promise<Result<LinkBody, ControlFault>>;
  list(): readonly LinkBody[];
  show(root: string): Result<LinkShowBody, ControlFault>;
  /** A person says that the folder may be the right one again. */
  resume(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** A person says that the folder is to be taken as new. */
  adopt(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** A person waits for a file: it goes before all others that are on their way. */
  fetchFirst(path: string): Promise<Result<LinkFetchBody, ControlFault>>;
  /** Copies that an earlier version put beside their files; removes them where it is to. */
  clean(root: string, execute: boolean): Promise<Result<LinkCleanBody, ControlFault>>;
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

export function createLinksHost(deps: LinksHostDeps): LinksHost {
  const { store, told } = deps;
  const running: RunningLinks = new Map();
  const records = createLinkRecords(deps);
  // One after the other: a link is not started twice.
  let starting: Promise<void> = Promise.resolve();

  const body = ({ binding, source }: RunningLink): LinkBody =>
    linkBody(binding, source, store.records.counts(binding.manifest.collection), deps.nowMs());

  function largestOf({ binding }: RunningLink, root: string): number {
    const isLarge = binding.engine.files?.takesChunks === true && linkRow(store, root)?.place === undefined;
    return Math.max(defaultMaximumFileBytes, isLarge ? deps.large(binding, root).maximumBytes() : 0);
  }

  /** What a person asks of one link. */
  async function asked<T>(root: string, work: (link: RunningLink) => Promise<T>): Promise<Result<T, ControlFault>> {
    const link = followedAt(store, running, root);
    return link.ok ? ok(await work(link.value)) : link;
  }

  async function startEach(): Promise<void> {
    for (const { engineId, root } of store.links.list()) {
      const row = linkRow(store, root);
      if (row === undefined || running.has(root) || !isFollowed(deps, row)) {
        continue;
      }
      const started = await startLink(deps, running, records, engineId, root);
      if (!started.ok) {
        told.warn('a linked folder could not be started', { root, message: started.error.message });
      }
    }
  }

  function changed(link: RunningLink): LinkBody {
    told.changed('folder');
    return body(link);
  }

  return {
    ...createFolderNews(deps, running),
    ...createLinking(deps, running, {
      start: async (engineId, root) => startLink(deps, running, records, engineId, root),
      body,
    }),
    startAll() {
      starting = starting.catch(() => undefined).then(startEach);
      return starting;
    },
    endFollowing: async (engineId) => endFollowing(running, engineId),
    list: () => [...[...running.values()].map(body), ...restingBodies(deps)],
    show(root) {
      const link = followedAt(store, running, root);
      return link.ok ? ok({ ...body(link.value), ...rulesOfAll, maximumFileBytes: largestOf(link.value, root) }) : link;
    },
    resume: (root) =>
      asked(root, async (link) => {
        await link.source.resume();
        return changed(link);
      }),
    adopt: (root) =>
      asked(root, async (link) => {
        deps.replica.keepFolder(root);
        const id = hexFromBytes(deps.randomBytes(16));
        patchLink(store, root, { adopting: true, id, marked: undefined });
        await link.source.adopt(id);
        return changed(link);
      }),
    fetchFirst: async (path) => fetchFirst([...running.values()], path, body),
    clean: (root, execute) =>
      asked(root, async ({ source }) => ({ root, copies: await source.clean(execute), removed: execute })),
    rescan: () => ofAll(running, (source) => source.rescan()),
    stop: () => ofAll(running, (source) => source.stop()),
  };
}

type Linking = Pick<LinksHost, 'link' | 'linkPlace' | 'leavePlace' | 'unlink'>;

function createLinking(
  deps: Pick<LinksHostDeps, 'store' | 'bindings' | 'folders' | 'randomBytes' | 'replica' | 'told'>,
  running: RunningLinks,
  {
    start,
    body,
  }: {
    readonly start: (engineId: EngineId, root: string) => ReturnType<typeof startLink>;
    readonly body: (link: RunningLink) => LinkBody;
  },
): Linking {
  const { store } = deps;

  /** What cannot be started is not linked. */
  async function begun(engineId: EngineId, root: string, undo: () => void): Promise<Result<LinkBody, ControlFault>> {
    const started = await start(engineId, root);
    if (!started.ok) {
      undo();
      return started;
    }
    return ok(body(started.value));
  }

  async function ended(root: string, forget: () => void): Promise<Result<LinkBody, ControlFault>> {
    const link = followedAt(store, running, root);
    if (!link.ok) {
      return link;
    }
    await link.value.source.stop();
    const last = body(link.value);
    running.delete(root);
    forget();
    deps.replica.dropFolder(root);
    deps.told.changed('folder');
    return ok(last);
  }

  /** A folder that is linked takes its symbolic links too from here on; it is read anew for that. */
  async function withLinks({ binding, source }: RunningLink, root: string): Promise<Result<LinkBody, ControlFault>> {
    await source.stop();
    running.delete(root);
    patchLink(store, root, { takesLinks: true });
    return begun(binding.manifest.engineId, root, () => undefined);
  }

  return {
    async link(engineId, root, takesLinks) {
      const real = realPathOf(root) ?? root;
      const rests = restingFault(store, real);
      if (rests !== undefined) {
        return rests;
      }
      const known = takesLinks ? running.get(real) : undefined;
      if (known?.binding.manifest.engineId === engineId) {
        return withLinks(known, real);
      }
      const linked = remember(deps, engineId as EngineId, root, takesLinks);
      return linked.ok ? begun(engineId as EngineId, linked.value, () => store.links.remove(linked.value)) : linked;
    },
    linkPlace: (engineId, firstRoot, place) => {
      const before = rowToFollow(store, place);
      const id = hexFromBytes(deps.randomBytes(16));
      const { left: _left, ...row }: LinkRow = before ?? { engineId, root: firstRoot, place, id };
      const { root } = row;
      store.links.put({ ...row, awaitsExchange: true });
      return begun(engineId, root, () => (before === undefined ? store.links.remove(root) : store.links.put(before)));
    },
    leavePlace: async (place) => {
      const { root, left = false, restsFor } = rowOfPlace(store, place) ?? { root: place, left: true };
      return left || restsFor !== undefined
        ? err({ kind: 'not_found', message: `${place} is not followed. See: sourcesync places ls` })
        : ended(root, () => patchLink(store, root, { left: true }));
    },
    async unlink(root) {
      const rested = unlinkResting(deps, root);
      return rested === undefined ? ended(root, () => store.links.remove(root)) : ok(rested);
    },
  };
}

/** Answers the root as it is kept; where the folder cannot be linked nothing is remembered. */
function remember(
  { store, folders, randomBytes }: Pick<LinksHostDeps, 'store' | 'folders' | 'randomBytes'>,
  engineId: EngineId,
  root: string,
  takesLinks: boolean,
): Result<string, ControlFault> {
  const otherRoots = store.links.list().map((link) => link.root);
  const checked = checkRoot(root, { home: folders.home, stateFolder: folders.state, otherRoots });
  if (!checked.ok) {
    return err({ kind: 'invalid', message: checked.error });
  }
  const row: LinkRow = { engineId, root: checked.value, awaitsExchange: true, takesLinks };
  store.links.put({ ...row, id: hexFromBytes(randomBytes(16)) });
  return checked;
}

async function ofAll(running: RunningLinks, work: (source: RunningLink['source']) => Promise<unknown>): Promise<void> {
  await Promise.all([...running.values()].map(async ({ source }) => work(source)));
}

/** What holds for every link. */
const rulesOfAll: Pick<LinkShowBody, 'ignoreFiles' | 'builtInPatterns'> = {
  ignoreFiles: [ignoreFileName, localIgnoreFileName],
  builtInPatterns,
};
