import { assert } from '../../base/assert.ts';
import { type BatchId, type CollectionName, type ScopeId, bytesFromHashId } from '../../base/ids.ts';
import { type BatchKind, maximumRecords } from '../../log/header.ts';
import type { Stamp } from '../../clock/stamp.ts';
import { type BatchMeta, encodeMeta } from '../../log/meta.ts';
import { sealBatch } from '../../log/sealing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { appliedCut } from '../kernel/applied.ts';
import type { Core, Known } from '../kernel/core.ts';
import { untoldCheckpoint } from '../kernel/witness.ts';
import type { OwnBatch } from '../names/own-batch.ts';

/** Own batches under construction: each change gets its place before it is sealed. */
export interface Author {
  place(collection: CollectionName, recordBytes: Uint8Array): { readonly sequence: number; readonly index: number };
  /** What is placed next goes into one batch, where so many records of so many bytes fit one at all. */
  keepTogether(count: number, sizeBytes: number): void;
  /** Takes the last placed record back: its change was refused. */
  unplace(): void;
  /**
   * A batch of its own that carries no change: signs of life, scopes that the others should join, names of devices.
   * Answers when it was written.
   */
  announce(news: News): Stamp;
  /** Seals, signs and appends what was placed; the bytes are final and are what every retry sends. */
  seal(): readonly OwnBatch[];
}

export type News = Partial<Pick<BatchMeta, 'scopes' | 'labels'>>;

// Room for padding, framing and one large record below the batch's cap.
const targetBodyBytes = 512 * 1024;

export function createAuthor(core: Core, scope: ScopeState): Author {
  const heads = core.store.log.heads(scope.scopeId);
  const head = heads.get(core.device.id);
  const sealed: OwnBatch[] = [];
  let previous: BatchId | null = head?.batchId ?? null;
  let sequence = (head?.sequence ?? 0) + 1;
  let records: Uint8Array[] = [];
  let collections: CollectionName[] = [];
  let bodyBytes = 0;

  function flush(): void {
    if (records.length > 0) {
      append('changes', {});
    }
  }

  function append(kind: BatchKind, news: News): Stamp {
    const stamp = core.notices.journal.nextStamp();
    const { batchId, bytes } = sealNext(core, scope, heads, { sequence, previous, kind, stamp, news, records });
    core.store.log.append({ scopeId: scope.scopeId, deviceId: core.device.id, sequence, batchId, bytes });
    const changes = countOf(collections);
    core.notices.journal.auditAccepted({ scopeId: scope.scopeId, deviceId: core.device.id, batchId, changes });
    sealed.push({ sequence, bytes, changes });
    previous = batchId;
    sequence += 1;
    records = [];
    collections = [];
    bodyBytes = 0;
    return stamp;
  }

  function makeRoom(count: number, sizeBytes: number): void {
    if (
      records.length > 0 &&
      (bodyBytes + sizeBytes > targetBodyBytes || records.length + 1 + count > maximumRecords)
    ) {
      flush();
    }
  }

  return {
    keepTogether: makeRoom,
    place(collection, recordBytes) {
      makeRoom(1, recordBytes.length);
      records.push(recordBytes);
      collections.push(collection);
      bodyBytes += recordBytes.length;
      return { sequence, index: records.length };
    },
    unplace() {
      bodyBytes -= records.pop()?.length ?? 0;
      collections.pop();
    },
    announce(news) {
      flush();
      return append('heartbeat', news);
    },
    seal() {
      flush();
      return sealed;
    },
  };
}

interface NextBatch {
  readonly sequence: number;
  readonly previous: BatchId | null;
  readonly kind: BatchKind;
  readonly stamp: Stamp;
  readonly news: News;
  readonly records: readonly Uint8Array[];
}

/** Seals and signs what comes next in the own chain, under the epoch that is in force. */
function sealNext(
  core: Core,
  scope: ScopeState,
  heads: ReturnType<Core['store']['log']['heads']>,
  { sequence, previous, kind, stamp, news, records }: NextBatch,
): ReturnType<typeof sealBatch> {
  const { scopeId } = scope;
  const epoch = scope.epochs.at(-1);
  const epochKey = epoch && core.logs.scopes.epochKey(scopeId, epoch.epoch);
  assert(epoch !== undefined && epochKey !== undefined, 'an editable scope has a key in force');
  const frontier = core.chains.frontierDeltas.take(scopeId, heads, core.device.id, kind === 'heartbeat');
  return sealBatch(
    {
      scopeId,
      sequence,
      previous: previous === null ? new Uint8Array(32) : bytesFromHashId(previous),
      logSequence: scope.sequence,
      logHead: scope.heads[scope.sequence] as Uint8Array,
      epoch: epoch.epoch,
      kind,
    },
    {
      deviceKeys: core.device.keys,
      epochKey,
      records: [metaRecord(core, scopeId, kind, { stamp, frontier, ...news }), ...records],
      random: core.device.randomBytes(32),
    },
  );
}

function metaRecord(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  scopeId: ScopeId,
  kind: BatchKind,
  { scopes = [], ...known }: Pick<BatchMeta, 'stamp' | 'frontier'> & News,
): Uint8Array {
  const audit = untoldCheckpoint(core, scopeId);
  const revocations = core.rules.leases.takeUntold(scopeId);
  const applied = kind === 'heartbeat' ? { applied: appliedCut(core, scopeId) } : {};
  return encodeMeta({ ...known, audit, scopes, revocations, ...applied });
}

export function countOf(collections: readonly CollectionName[]): ReadonlyMap<CollectionName, number> {
  const counts = new Map<CollectionName, number>();
  for (const collection of collections) {
    counts.set(collection, (counts.get(collection) ?? 0) + 1);
  }
  return counts;
}
