import type { ChangeId, CollectionName, EngineId, RecordId } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { ControlFault } from '../api/port.ts';
import type { LinkBody } from '../api/types.ts';
import type { RecordRow } from '../contract/record.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import type { Bindings, CollectionBinding, Replica, WriteResult } from '../replica/port.ts';
import { type FolderSource, createFolderSource } from '../sources/folder-source.ts';
import type { RecordPort } from '../sources/port.ts';
import { checkRoot } from '../sources/root-checks.ts';
import type { Store } from '../store/port.ts';

/** The linked folders of this home: each feeds one collection and is fed by it. */
export interface LinksHost {
  startAll(): Promise<void>;
  link(engineId: string, root: string): Promise<Result<LinkBody, ControlFault>>;
  unlink(root: string): Promise<Result<LinkBody, ControlFault>>;
  list(): readonly LinkBody[];
  recordChanged(collection: CollectionName, id: RecordId): void;
  /** A review of the collection was decided: folders that wait for a word look again. */
  brakeDecided(collection: CollectionName): void;
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

export interface LinksHostDeps {
  readonly store: Store;
  readonly replica: Replica;
  readonly bindings: Bindings;
  readonly stateFolder: string;
  readonly homeFolder: string;
  readonly nowMs: () => number;
  readonly warn: (message: string, facts: object) => void;
}

interface Running {
  readonly binding: CollectionBinding;
  readonly source: FolderSource;
}

export function createLinksHost(deps: LinksHostDeps): LinksHost {
  const { store, bindings, warn } = deps;
  const running = new Map<string, Running>();
  const records = recordPort(deps);

  async function start(engineId: EngineId, root: string): Promise<Result<Running, ControlFault>> {
    const binding = bindings.all().find(({ manifest }) => manifest.engineId === engineId);
    const mapping = binding?.engine.files;
    if (binding === undefined || mapping === undefined) {
      return err({
        kind: 'invalid',
        message:
          binding === undefined
            ? `No engine is called ${engineId}.`
            : `Records of ${binding.manifest.collection} cannot be files.`,
      });
    }
    const source = createFolderSource({
      root,
      engineId,
      deviceId: deps.replica.self,
      collection: binding.manifest.collection,
      mapping,
      textPaths: binding.textPaths,
      records,
      links: store.links,
      transaction: (work) => store.transaction(work as never),
      onProblem: (problem) => {
        warn('a file of a linked folder needs attention', { root, code: problem.code });
      },
      nowMs: deps.nowMs,
      removalBrake: () => deps.replica.brakeSetting(binding),
      wordOnRemovals: ({ ids, total }) =>
        deps.replica.wordOnFolder({ what: 'gone', collection: binding.manifest.collection, root, ids, total }),
      removalsDropped: () => {
        deps.replica.dropFolderChange({ what: 'gone', root });
      },
      wordOnRewrites: ({ ids, total }) =>
        deps.replica.wordOnFolder({ what: 'changed', collection: binding.manifest.collection, root, ids, total }),
      isAskedAboutRewrites: () => deps.replica.isFolderAsked({ what: 'changed', root }),
      rewritesDropped: () => {
        deps.replica.dropFolderChange({ what: 'changed', root });
      },
    });
    const entry = { binding, source };
    running.set(root, entry);
    await source.start();
    return ok(entry);
  }

  function body(root: string, { binding, source }: Running): LinkBody {
    const { state, problems } = source.status();
    return {
      engineId: binding.manifest.engineId,
      collection: binding.manifest.collection,
      root,
      state,
      files: store.links.files(root).length,
      problems: problems.map(({ path, happened, remedy }) => ({ path, message: `${happened} ${remedy}` })),
    };
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
    async link(engineId, root) {
      const checked = checkRoot(root, {
        home: deps.homeFolder,
        stateFolder: deps.stateFolder,
        otherRoots: store.links.list().map((link) => link.root),
      });
      if (!checked.ok) {
        return err({ kind: 'invalid', message: checked.error });
      }
      store.links.put({ engineId: engineId as EngineId, root: checked.value });
      const started = await start(engineId as EngineId, checked.value);
      if (!started.ok) {
        store.links.remove(checked.value);
        return started;
      }
      return ok(body(checked.value, started.value));
    },
    async unlink(root) {
      const entry = running.get(root);
      if (entry === undefined) {
        return err({ kind: 'not_found', message: `${root} is not linked. See: sourcesync link ls` });
      }
      await entry.source.stop();
      const last = body(root, entry);
      running.delete(root);
      store.links.remove(root);
      deps.replica.dropFolderChange({ what: 'gone', root });
      deps.replica.dropFolderChange({ what: 'changed', root });
      return ok(last);
    },
    list: () => [...running].map(([root, entry]) => body(root, entry)),
    recordChanged(collection, id) {
      for (const { binding, source } of running.values()) {
        if (binding.manifest.collection === collection) {
          source.recordChanged(id);
        }
      }
    },
    brakeDecided(collection) {
      for (const [root, { binding, source }] of running) {
        const { held, rewritesHeld } = source.status();
        if (binding.manifest.collection === collection && (held !== undefined || rewritesHeld > 0)) {
          source.rescan().catch((cause: unknown) => {
            warn('a linked folder could not follow a decision', { root, err: cause });
          });
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

function recordPort({ store, replica, bindings }: LinksHostDeps): RecordPort {
  function get(collection: CollectionName, id: RecordId): RecordRow | 'damaged' | undefined {
    const row = store.records.get(collection, id);
    return row === undefined || row === 'damaged' ? row : withHeadsAsVersion(bindings, row);
  }

  function seenVersion(collection: CollectionName, id: RecordId): ChangeId | null {
    const row = get(collection, id);
    return row === undefined || row === 'damaged' ? null : row.version;
  }

  return {
    get,
    isBuried: (collection, id) => store.records.grave(collection, id) !== undefined,
    list(collection, page) {
      const { items, nextCursor } = store.records.list(collection, page);
      return { items: items.map((row) => withHeadsAsVersion(bindings, row)), nextCursor };
    },
    fieldsAt: (collection, id, version) => replica.fieldsAt(collection, id, ...(version.split('.') as ChangeId[])),
    async edit(collection, writes) {
      // Not through the gate: between the look at the row and the write nothing else may happen.
      const fresh = writes.filter(({ id, seen }) => seenVersion(collection, id) === seen);
      const written = replica.edit(
        collection,
        // A file is its owner's: what it holds is never replaced behind their back.
        fresh.map(({ id, intent }) => ({ id, intent, secrets: 'refuse' as const })),
        // The folder has a brake of its own, which looks at the files that changed together.
        true,
      );
      const answers = new Map(fresh.map((write, index) => [write, written[index] as WriteResult]));
      return writes.map((write) => {
        const answer = answers.get(write);
        return answer === undefined ? err('stale' as const) : answerOf(bindings, answer);
      });
    },
  };
}

function answerOf(bindings: Bindings, result: WriteResult): Result<RecordRow, Refusal> {
  if (result.ok) {
    return ok(withHeadsAsVersion(bindings, result.value));
  }
  const { error } = result;
  return err(error.kind === 'refused' ? error.refusal : refuse('reject', 'policy_denied', undefined, error.message));
}

/**
 * A file must be written again when a concurrent change alters fields below a version that stays the latest, so here
 * the heads are the version. Not so where heads may be proposals that change nothing yet.
 */
function withHeadsAsVersion(bindings: Bindings, row: RecordRow): RecordRow {
  const staged = bindings.ofCollection(row.collection)?.manifest.mergeStrategy === 'manual_review';
  return staged ? row : { ...row, version: row.heads.join('.') as ChangeId };
}
