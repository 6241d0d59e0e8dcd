import type { CollectionName, RecordId, ScopeId } from '../../base/ids.ts';
import type { FolderSource } from '../../sources/folder-source.ts';
import type { LinksHostDeps } from './link-memory.ts';
import { type RunningLinks, sourcesOf } from './running-links.ts';

/** What linked folders are told of their collections, and asked of a record. */
export interface FolderNews {
  /** Why a file of a linked folder is not synced; undefined for one that no rule leaves out. */
  ignoredBecause(collection: CollectionName, id: RecordId): string | undefined;
  recordChanged(collection: CollectionName, id: RecordId): void;
  /** Folders that wait for what the other devices ignore look whether it is here. */
  lookForExchange(): void;
  /** What this device remembers of a scope turns out to be older than what it did: so may be what it noted of files. */
  doubt(scopeId: ScopeId): void;
  /** The collection was switched on: what was refused meanwhile is tried again. */
  switchedOn(collection: CollectionName): void;
  /** A review of the collection was decided: folders that wait for a word look again. */
  lossesDecided(collection: CollectionName): void;
}

export function createFolderNews(
  { isExchanged, replica, told: { warn, noticed } }: Pick<LinksHostDeps, 'isExchanged' | 'replica' | 'told'>,
  running: RunningLinks,
): FolderNews {
  function rescanSoon(root: string, source: FolderSource, failure: string): void {
    source.rescan().catch((cause: unknown) => {
      if (!noticed(cause)) {
        warn(failure, { root, err: cause });
      }
    });
  }

  return {
    ignoredBecause(collection, id) {
      for (const source of sourcesOf(running, collection)) {
        const reason = source.ignoredBecause(id);
        if (reason !== undefined) {
          return reason;
        }
      }
      return undefined;
    },
    recordChanged(collection, id) {
      for (const source of sourcesOf(running, collection)) {
        source.recordChanged(id);
      }
    },
    lookForExchange() {
      for (const [root, link] of running) {
        if (link.awaitsExchange && isExchanged(link.binding, link.isDoubtful)) {
          link.awaitsExchange = false;
          rescanSoon(root, link.source, 'a linked folder could not be read after the first exchange');
        }
      }
    },
    doubt(scopeId) {
      for (const link of running.values()) {
        if (replica.scopeOf(link.binding)?.scopeId === scopeId) {
          link.doubt();
        }
      }
    },
    switchedOn(collection) {
      for (const source of sourcesOf(running, collection)) {
        rescanSoon(
          source.status().root,
          source,
          'a linked folder could not be read when its collection was switched on',
        );
      }
    },
    lossesDecided(collection) {
      for (const source of sourcesOf(running, collection)) {
        const { root, held, problems } = source.status();
        if (held.removed.length + held.replaced.length > 0 || problems.some(({ code }) => code === 'ignore_held')) {
          rescanSoon(root, source, 'a linked folder could not follow a decision');
        }
      }
    },
  };
}
