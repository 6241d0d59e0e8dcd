import { hexFromBytes } from '../../base/bytes.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { RootFault } from '../../sources/ground/judge-root.ts';
import type { FolderLink, LargeFolder, LinkMemory } from '../../sources/passes/source-state.ts';
import type { Store } from '../../store/ground/port.ts';
import type { LinkRow } from '../../store/ground/link-table.ts';
import type { Replica } from '../../replica/port.ts';
import type { PlaceDeps } from './place-units.ts';
import type { Bindings } from '../../replica/names/binding.ts';

/** What a link knows of itself over a restart. */
export function remembered(
  { store, replica, isExchanged, nowMs, randomBytes }: LinksHostDeps,
  binding: CollectionBinding,
  root: string,
): {
  readonly link: Pick<FolderLink, 'linkId' | 'takesLinks'>;
  readonly memory: LinkMemory;
  readonly doubt: () => void;
} {
  const row = linkRow(store, root);
  const linkId = row?.id ?? hexFromBytes(randomBytes(16));
  if (row !== undefined && row.id === undefined) {
    store.links.put({ ...row, id: linkId });
  }
  const paused = row?.paused;
  let awaitsExchange = row?.awaitsExchange === true;
  let isDoubtful = row?.doubtful === true;
  let isCompared = false;
  const startedMs = nowMs();
  const memory: LinkMemory = {
    wasMarked: row?.marked === true,
    marked: () => patchLink(store, root, { marked: true }),
    paused: paused && { reason: paused.reason as RootFault, sinceMs: paused.sinceMs },
    pauseChanged: (pause) => patchLink(store, root, { paused: pause }),
    adopting: row?.adopting === true,
    adopted: () => patchLink(store, root, { adopting: undefined }),
    mayPublish() {
      const lacking = replica.authorityLacked(binding.manifest.collection);
      if (lacking !== undefined) {
        return { lacking: lacking.command };
      }
      if (awaitsExchange && isExchanged(binding, isDoubtful)) {
        awaitsExchange = false;
        patchLink(store, root, { awaitsExchange: undefined });
      }
      isCompared ||= isExchanged(binding, true) || nowMs() - startedMs > patienceMs;
      return awaitsExchange ? 'after_exchange' : isCompared ? 'now' : 'soon';
    },
    doubtsNotes: () => isDoubtful,
    trusted() {
      isDoubtful = false;
      patchLink(store, root, { doubtful: undefined });
    },
  };
  const doubt = (): void => {
    awaitsExchange = true;
    isDoubtful = true;
    patchLink(store, root, { awaitsExchange, doubtful: isDoubtful });
  };
  return { link: { linkId, takesLinks: row?.takesLinks === true }, memory, doubt };
}

/**
 * So long a folder waits, each time the daemon starts, for a relay that knows more of this device than it does itself: what
 * is told from a note that is too old comes out garbled.
 */
const patienceMs = 3000;

export function linkRow(store: Store, root: string): LinkRow | undefined {
  return store.links.list().find((link) => link.root === root);
}

/** Also of one that was left. */
export function rowOfPlace(store: Pick<Store, 'links'>, place: string): LinkRow | undefined {
  return store.links.list().find((link) => link.place === place);
}

/** The same for one that is to be followed from here on. What is noted of the units of another scope is forgotten. */
export function rowToFollow(store: Pick<Store, 'links'>, place: string): LinkRow | undefined {
  const row = rowOfPlace(store, place);
  if (row?.restsFor === undefined) {
    return row;
  }
  store.links.remove(row.root);
  return undefined;
}

export function patchLink(
  store: Store,
  root: string,
  patch: { readonly [Key in keyof LinkRow]?: LinkRow[Key] | undefined },
): void {
  const row = linkRow(store, root);
  if (row !== undefined) {
    const next = Object.entries({ ...row, ...patch }).filter(([, value]) => value !== undefined);
    store.links.put(Object.fromEntries(next) as unknown as LinkRow);
  }
}

export interface LinksHostDeps {
  readonly store: Store;
  readonly replica: Replica;
  readonly bindings: Bindings;
  /** Folders that are no root of a link. */
  readonly folders: { readonly home: string; readonly state: string };
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly places: PlaceDeps;
  /** How large files of a folder are moved. */
  readonly large: (binding: CollectionBinding, root: string) => LargeFolder;
  /**
   * True once what the other devices have of a collection has arrived here, or where there is nobody to ask. `ofItself`: a
   * relay is asked also where no other device is there, because it may know more of this one.
   */
  readonly isExchanged: (binding: CollectionBinding, ofItself: boolean) => boolean;
  readonly told: LinksTold;
}

/** What the rest of the daemon is told of linked folders. */
export interface LinksTold {
  /** Something about a folder is not what it was. */
  readonly changed: (reason: string) => void;
  readonly warn: (message: string, facts: object) => void;
  /** True for an error of the disk of the home: folders are looked at again when it is well. */
  readonly noticed: (cause: unknown) => boolean;
}
