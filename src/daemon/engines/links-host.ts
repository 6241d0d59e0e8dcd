import type { CollectionName, EngineId, RecordId } from '../../base/ids.ts';
import { hexFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { LinkBody, LinkCleanBody, LinkShowBody } from '../../api/types/links.ts';
import type { Place } from '../../contract/place.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { type FolderSource, createFolderSource, defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { builtInPatterns, ignoreFileName, localIgnoreFileName } from '../../sources/reconcile/ignore-rules.ts';
import { checkRoot } from '../../sources/ground/root-checks.ts';
import type { FolderSourceOptions } from '../../sources/passes/source-state.ts';
import type { LinkRow } from '../../store/ground/port.ts';
import { linkBody } from './link-body.ts';
import { openPlace, unitsOfPlace } from './place-units.ts';
import { createLinkRecords } from './link-records.ts';
import { remembered, linkRow, patchLink } from './link-memory.ts';
import type { LinksHostDeps } from './link-memory.ts';

/** The linked folders of this home: each feeds one collection and is fed by it. */
export interface LinksHost {
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
  /** Why a file of a linked folder is not synced; undefined for one that no rule leaves out. */
  ignoredBecause(collection: CollectionName, id: RecordId): string | undefined;
  recordChanged(collection: CollectionName, id: RecordId): void;
  /** Folders that wait for what the other devices ignore look whether it is here. */
  lookForExchange(): void;
  /** A review of the collection was decided: folders that wait for a word look again. */
  lossesDecided(collection: CollectionName): void;
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly binding: CollectionBinding;
  readonly source: FolderSource;
  /** Nothing of it was published yet, because what the other devices ignore was not known. */
  awaitsExchange: boolean;
}

export function createLinksHost(deps: LinksHostDeps): LinksHost {
  const { store, bindings, warn, noticed } = deps;
  const running = new Map<string, Running>();
  const records = createLinkRecords(deps);

  async function start(engineId: EngineId, root: string): Promise<Result<Running, ControlFault>> {
    const binding = bindings.all().find(({ manifest }) => manifest.engineId === engineId);
    const place = binding && placeOf(binding, linkRow(store, root)?.place);
    const units = place && unitsOfPlace(await openPlace(place, deps.places), deps.places);
    const mapping = units?.mapping ?? binding?.engine.files;
    if (binding === undefined || mapping === undefined) {
      const message =
        binding === undefined
          ? `No engine is called ${engineId}.`
          : `Records of ${binding.manifest.collection} cannot be files.`;
      return err({ kind: 'invalid', message });
    }
    const source = createFolderSource({
      ...{ root, engineId, mapping, records, links: store.links, nowMs: deps.nowMs },
      deviceId: deps.replica.self,
      collection: binding.manifest.collection,
      textPaths: binding.textPaths,
      transaction: (work) => store.transaction(work as never),
      onProblem: (problem) => {
        warn('a file of a linked folder needs attention', { root, code: problem.code });
        deps.changed('folder');
      },
      passFailed: (cause) => {
        if (!noticed(cause)) {
          throw cause;
        }
      },
      ...remembered(deps, binding, root),
      ...lossesOf(deps, binding, root),
      ...units,
    });
    const entry = { binding, source, awaitsExchange: linkRow(store, root)?.awaitsExchange === true };
    running.set(root, entry);
    await begin(source);
    deps.changed('folder');
    return ok(entry);
  }

  /** On a disk that takes nothing a folder is read for the first time when that is well again. */
  async function begin(source: FolderSource): Promise<void> {
    try {
      await source.start();
    } catch (cause) {
      if (!noticed(cause)) {
        throw cause;
      }
    }
  }

  const body = ({ binding, source }: Running): LinkBody =>
    linkBody(binding, source, store.records.counts(binding.manifest.collection), deps.nowMs());

  function linked(root: string): Result<Running, ControlFault> {
    const entry = running.get(root);
    return entry === undefined
      ? err({ kind: 'not_found', message: `${root} is not linked. See: sourcesync link ls` })
      : ok(entry);
  }

  async function after(
    root: string,
    work: (entry: Running) => Promise<unknown>,
  ): Promise<Result<LinkBody, ControlFault>> {
    const entry = linked(root);
    if (!entry.ok) {
      return entry;
    }
    await work(entry.value);
    deps.changed('folder');
    return ok(body(entry.value));
  }

  function sourcesOf(collection: CollectionName): readonly FolderSource[] {
    return [...running.values()].flatMap(({ binding, source }) =>
      binding.manifest.collection === collection ? [source] : [],
    );
  }

  function rescanSoon(root: string, source: FolderSource, failure: string): void {
    source.rescan().catch((cause: unknown) => {
      if (!noticed(cause)) {
        warn(failure, { root, err: cause });
      }
    });
  }

  return {
    async startAll() {
      for (const { engineId, root } of store.links.list()) {
        const started = await start(engineId, root);
        if (!started.ok) {
          warn('a linked folder could not be started', { root, message: started.error.message });
        }
      }
    },
    async link(engineId, root, takesLinks) {
      const otherRoots = store.links.list().map((link) => link.root);
      const checked = checkRoot(root, { home: deps.homeFolder, stateFolder: deps.stateFolder, otherRoots });
      if (!checked.ok) {
        return err({ kind: 'invalid', message: checked.error });
      }
      const row: LinkRow = { engineId: engineId as EngineId, root: checked.value, awaitsExchange: true, takesLinks };
      store.links.put({ ...row, id: hexFromBytes(deps.randomBytes(16)) });
      const started = await start(engineId as EngineId, checked.value);
      if (!started.ok) {
        store.links.remove(checked.value);
        return started;
      }
      return ok(body(started.value));
    },
    async linkPlace(engineId, root, place) {
      store.links.put({ engineId, root, place, awaitsExchange: true, id: hexFromBytes(deps.randomBytes(16)) });
      const started = await start(engineId, root);
      return started.ok ? ok(body(started.value)) : started;
    },
    async unlink(root) {
      const entry = linked(root);
      if (!entry.ok) {
        return entry;
      }
      await entry.value.source.stop();
      const last = body(entry.value);
      running.delete(root);
      store.links.remove(root);
      deps.replica.dropFolder(root);
      deps.changed('folder');
      return ok(last);
    },
    list: () => [...running.values()].map(body),
    show(root) {
      const entry = linked(root);
      const ignoreFiles = [ignoreFileName, localIgnoreFileName];
      return entry.ok
        ? ok({ ...body(entry.value), maximumFileBytes: defaultMaximumFileBytes, ignoreFiles, builtInPatterns })
        : entry;
    },
    resume: (root) => after(root, ({ source }) => source.resume()),
    adopt: (root) =>
      after(root, async ({ source }) => {
        const id = hexFromBytes(deps.randomBytes(16));
        patchLink(store, root, { adopting: true, id, marked: undefined });
        await source.adopt(id);
      }),
    async clean(root, execute) {
      const entry = linked(root);
      return entry.ok ? ok({ root, copies: await entry.value.source.clean(execute), removed: execute }) : entry;
    },
    ignoredBecause(collection, id) {
      for (const source of sourcesOf(collection)) {
        const reason = source.ignoredBecause(id);
        if (reason !== undefined) {
          return reason;
        }
      }
      return undefined;
    },
    recordChanged(collection, id) {
      for (const source of sourcesOf(collection)) {
        source.recordChanged(id);
      }
    },
    lookForExchange() {
      for (const [root, entry] of running) {
        if (entry.awaitsExchange && deps.isExchanged(entry.binding)) {
          entry.awaitsExchange = false;
          rescanSoon(root, entry.source, 'a linked folder could not be read after the first exchange');
        }
      }
    },
    lossesDecided(collection) {
      for (const source of sourcesOf(collection)) {
        const { root, held, problems } = source.status();
        if (held.removed.length + held.replaced.length > 0 || problems.some(({ code }) => code === 'ignore_held')) {
          rescanSoon(root, source, 'a linked folder could not follow a decision');
        }
      }
    },
    async rescan() {
      await Promise.all([...running.values()].map(({ source }) => source.rescan()));
    },
    async stop() {
      await Promise.all([...running.values()].map(({ source }) => source.stop()));
    },
  };
}

function placeOf({ engine }: CollectionBinding, name: string | undefined): Place | undefined {
  return engine.places?.find((place) => place.name === name);
}

type Loss = Pick<FolderSourceOptions, 'isLoss' | 'wordOnLosses' | 'wordOnIgnore' | 'ignoreSettled' | 'goingBack'>;

/** The replica counts what is lost, and says which records may follow. */
function lossesOf({ replica }: LinksHostDeps, binding: CollectionBinding, root: string): Loss {
  const { collection } = binding.manifest;
  return {
    isLoss: (id, before, after) => replica.lossOf(collection, id, before, after) !== undefined,
    wordOnIgnore: (change) => replica.wordOnRules({ collection, root }, { ...change, id: ignoreFileName as RecordId }),
    goingBack: (files) => {
      replica.beforeGoingBack(collection, files);
    },
    ignoreSettled: () => {
      replica.dropRules(root);
    },
    wordOnLosses: (losses, about) => replica.wordOnFolder({ collection, root, emptied: [], ...losses, ...about }),
  };
}
