import type { EngineId } from '../../base/ids.ts';
import { hexFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { LinkBody, LinkCleanBody, LinkShowBody } from '../../api/types/links.ts';
import { defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { checkRoot } from '../../sources/ground/root-checks.ts';
import { builtInPatterns, ignoreFileName, localIgnoreFileName } from '../../sources/reconcile/ignore-rules.ts';
import type { LinkRow } from '../../store/ground/link-table.ts';
import { type FolderNews, createFolderNews } from './folder-news.ts';
import { linkBody } from './link-body.ts';
import { type LinksHostDeps, patchLink } from './link-memory.ts';
import { createLinkRecords } from './link-records.ts';
import { type RunningLink, type RunningLinks, linkedAt } from './running-links.ts';
import { startLink } from './start-link.ts';

/** The linked folders of this home: each feeds one collection and is fed by it. */
export interface LinksHost extends FolderNews {
  startAll(): Promise<void>;
  link(engineId: string, root: string, takesLinks: boolean): Promise<Result<LinkBody, ControlFault>>;
  /** The same for a place of the engine, whose first file is the root. */
  linkPlace(engineId: EngineId, root: string, place: string): Promise<Result<LinkBody, ControlFault>>;
  unlink(root: string): Promise<Result<LinkBody, ControlFault>>;
  list(): readonly LinkBody[];
  show(root: string): Result<LinkShowBody, ControlFault>;
  /** A person says that the folder may be the right one again. */
  resume(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** A person says that the folder is to be taken as new. */
  adopt(root: string): Promise<Result<LinkBody, ControlFault>>;
  /** Copies that an earlier version put beside their files; removes them where it is to. */
  clean(root: string, execute: boolean): Promise<Result<LinkCleanBody, ControlFault>>;
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

export function createLinksHost(deps: LinksHostDeps): LinksHost {
  const { store, told } = deps;
  const running: RunningLinks = new Map();
  const records = createLinkRecords(deps);

  const body = ({ binding, source }: RunningLink): LinkBody =>
    linkBody(binding, source, store.records.counts(binding.manifest.collection), deps.nowMs());

  /** What a person asks of one link. */
  async function asked<T>(root: string, work: (link: RunningLink) => Promise<T>): Promise<Result<T, ControlFault>> {
    const link = linkedAt(running, root);
    return link.ok ? ok(await work(link.value)) : link;
  }

  /** What cannot be started is not linked. */
  async function begun(engineId: EngineId, root: string): Promise<Result<LinkBody, ControlFault>> {
    const started = await startLink(deps, running, records, engineId, root);
    if (!started.ok) {
      store.links.remove(root);
      return started;
    }
    return ok(body(started.value));
  }

  function changed(link: RunningLink): LinkBody {
    told.changed('folder');
    return body(link);
  }

  return {
    ...createFolderNews(deps, running),
    async startAll() {
      for (const { engineId, root } of store.links.list()) {
        const started = await startLink(deps, running, records, engineId, root);
        if (!started.ok) {
          told.warn('a linked folder could not be started', { root, message: started.error.message });
        }
      }
    },
    async link(engineId, root, takesLinks) {
      const linked = remember(deps, engineId as EngineId, root, takesLinks);
      return linked.ok ? begun(engineId as EngineId, linked.value) : linked;
    },
    linkPlace: (engineId, root, place) => {
      rememberPlace(deps, { engineId, root, place });
      return begun(engineId, root);
    },
    unlink: (root) =>
      asked(root, async (link) => {
        await link.source.stop();
        const last = body(link);
        running.delete(root);
        store.links.remove(root);
        deps.replica.dropFolder(root);
        told.changed('folder');
        return last;
      }),
    list: () => [...running.values()].map(body),
    show(root) {
      const link = linkedAt(running, root);
      return link.ok ? ok({ ...body(link.value), ...rulesOfAll }) : link;
    },
    resume: (root) =>
      asked(root, async (link) => {
        await link.source.resume();
        return changed(link);
      }),
    adopt: (root) =>
      asked(root, async (link) => {
        const id = hexFromBytes(deps.randomBytes(16));
        patchLink(store, root, { adopting: true, id, marked: undefined });
        await link.source.adopt(id);
        return changed(link);
      }),
    clean: (root, execute) =>
      asked(root, async ({ source }) => ({ root, copies: await source.clean(execute), removed: execute })),
    rescan: () => ofAll(running, (source) => source.rescan()),
    stop: () => ofAll(running, (source) => source.stop()),
  };
}

/** Answers the root as it is kept; where the folder cannot be linked nothing is remembered. */
function remember(
  { store, folders, randomBytes }: LinksHostDeps,
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

function rememberPlace({ store, randomBytes }: LinksHostDeps, row: Pick<LinkRow, 'engineId' | 'root' | 'place'>): void {
  store.links.put({ ...row, awaitsExchange: true, id: hexFromBytes(randomBytes(16)) });
}

/** What holds for every link. */
const rulesOfAll: Pick<LinkShowBody, 'maximumFileBytes' | 'ignoreFiles' | 'builtInPatterns'> = {
  maximumFileBytes: defaultMaximumFileBytes,
  ignoreFiles: [ignoreFileName, localIgnoreFileName],
  builtInPatterns,
};
