import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import {
  type AuditCheckpoint,
  type AuditTree,
  checkpointEvents,
  checkpointFromJson,
  checkpointJson,
  emptyTree,
  signCheckpoint,
  withEvent,
  withLost,
} from '../../log/audit-checkpoint.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * This device's signed checkpoints of its own audit chain. The right edge of the tree is kept, so that one costs only
 * the events since the last; it is never trusted over the chain, and without it the chain is read from its start.
 */
export interface Checkpoints {
  /** The latest that are kept, oldest first. */
  kept(): readonly AuditCheckpoint[];
  latest(): AuditCheckpoint | undefined;
  /** Told of each new event by its number, inside its transaction. */
  follow(count: number): void;
  /** Signs the chain as it is, where it has new events and is whole. Inside a transaction. */
  make(): void;
}

export interface CheckpointDeps {
  readonly store: Store;
  readonly keys: DeviceKeys;
  readonly nowMs: () => number;
  readonly tell: (event: SyncEvent) => void;
}

const treeSetting = 'audit.tree';
const checkpointsSetting = 'audit.checkpoints';
const keptCheckpoints = 32;
const readSize = 1000;

export function createCheckpoints({ store, keys, nowMs, tell }: CheckpointDeps): Checkpoints {
  function kept(): readonly AuditCheckpoint[] {
    const saved = store.settings.get(checkpointsSetting);
    return Array.isArray(saved)
      ? (saved as readonly JsonValue[]).flatMap((item) => checkpointFromJson(item) ?? [])
      : [];
  }

  function latest(): AuditCheckpoint | undefined {
    const saved = store.settings.get(checkpointsSetting);
    return Array.isArray(saved) ? checkpointFromJson((saved as readonly JsonValue[]).at(-1)) : undefined;
  }

  function make(): void {
    const before = treeFromJson(store.settings.get(treeSetting));
    const tree = grownTree(store, before);
    if (tree === undefined || tree.edge.count === before.edge.count) {
      return;
    }
    const checkpoint = signCheckpoint(tree, nowMs(), keys);
    store.settings.set(treeSetting, treeJson(tree));
    store.settings.set(
      checkpointsSetting,
      [...kept(), checkpoint].slice(-keptCheckpoints).map((item) => checkpointJson(item)),
    );
    const { n, root, head } = checkpoint;
    tell({ type: 'audit.checkpoint', data: { deviceId: keys.deviceId, n, root, head } });
  }

  return {
    kept,
    latest,
    make,
    follow(count) {
      // Of a chain that is not whole no checkpoint comes; it is asked again only after as many events.
      if ((count - checkpointedTo(store)) % checkpointEvents === 0) {
        make();
      }
    },
  };
}

/** How many events the tree holds: asked after every event, so nothing else of it is read. */
function checkpointedTo(store: Pick<Store, 'settings'>): number {
  const saved = store.settings.get(treeSetting);
  const count = isJsonObject(saved) ? saved['count'] : undefined;
  return typeof count === 'number' ? count : 0;
}

/** The tree over the whole chain; undefined when the chain is not whole, or not the one that the tree was made over. */
function grownTree(store: Pick<Store, 'audit'>, before: AuditTree): AuditTree | undefined {
  const { count } = store.audit.head();
  let tree = before;
  if (before.head !== null && !isEventAt(store, before.edge.count, before.head)) {
    return undefined;
  }
  while (tree.edge.count < count) {
    for (const row of store.audit.read(tree.edge.count, readSize)) {
      if (typeof row === 'string' && row !== 'lost') {
        return undefined;
      }
      tree = row === 'lost' ? withLost(tree) : withEvent(tree, row);
    }
  }
  return tree;
}

/** One that is lost may well have been it: the tree that was kept is all that still knows. */
function isEventAt(store: Pick<Store, 'audit'>, place: number, eventHash: string): boolean {
  const [row] = store.audit.read(place - 1, 1);
  return row === 'lost' || (typeof row !== 'string' && row?.eventHash === eventHash);
}

function treeJson({ edge, head }: AuditTree): JsonValue {
  return { count: edge.count, head, nodes: edge.nodes.map(base64urlFromBytes) };
}

function treeFromJson(value: JsonValue | undefined): AuditTree {
  if (!isJsonObject(value)) {
    return emptyTree;
  }
  const { count, head, nodes } = value as { count: number; head: string; nodes: readonly string[] };
  return { edge: { count, nodes: nodes.map((node) => bytesFromBase64url(node) ?? new Uint8Array()) }, head };
}
