import { assert } from '../../base/assert.ts';
import type { ChangeId, CollectionName, DeviceId, ScopeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { changeIdOf, decodeChange } from '../../log/change.ts';
import { decodeBatch } from '../../log/header.ts';
import { type AnnouncedScope, type DeviceLabels, decodeMeta } from '../../log/meta.ts';
import { openBatch } from '../../log/sealing.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { LogRow, Store } from '../../store/ground/port.ts';
import { createAuthor } from '../edit/author.ts';
import type { Core } from '../kernel/core.ts';

/** What was sealed here behind an older copy of this home, and is sealed once more behind what comes back. */
export interface TakenBack {
  readonly records: readonly {
    readonly changeId: ChangeId;
    readonly collection: CollectionName;
    readonly bytes: Uint8Array;
  }[];
  readonly scopes: readonly AnnouncedScope[];
  readonly revocations: readonly JsonObject[];
  readonly labels: DeviceLabels;
}

const pageBytes = 4 * 1024 * 1024;

/**
 * Takes own batches from a sequence on out of the chain, where another batch of that number comes back. Undefined, and
 * nothing is touched, when one of them left this device (a relay confirmed it: then this device signed twice, and no
 * tidying up here undoes that), cannot be opened, or could not be sealed again.
 */
export function takeBack(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  scope: ScopeState,
  from: number,
): TakenBack | undefined {
  const { scopeId } = scope;
  if (from <= core.store.log.acknowledgedAnywhere(scopeId)) {
    return undefined;
  }
  const records: TakenBack['records'][number][] = [];
  const scopes: AnnouncedScope[] = [];
  const revocations: JsonObject[] = [];
  let labels: DeviceLabels = {};
  for (const row of chainFrom(core.store, scopeId, core.device.id, from)) {
    const opened = openOwn(core, row);
    if (opened === undefined) {
      return undefined;
    }
    records.push(...opened.records);
    scopes.push(...opened.scopes);
    revocations.push(...opened.revocations);
    labels = { ...labels, ...opened.labels };
  }
  if (records.length > 0 && !mayWrite(core, scope)) {
    return undefined;
  }
  core.store.log.cut(scopeId, core.device.id, from);
  core.logs.reader.forget();
  return { records, scopes, revocations, labels };
}

/** Seals what was taken back behind the chain as it is now: the same changes under the same ids, in new places. */
export function sealAgain(
  core: Core,
  scope: ScopeState,
  heads: Map<DeviceId, ChainHead>,
  { records, scopes, revocations, labels }: TakenBack,
): void {
  for (const revocation of revocations) {
    core.rules.leases.tell(scope.scopeId, revocation);
  }
  const author = createAuthor(core, scope);
  for (const { changeId, collection, bytes } of records) {
    const place = author.place(collection, bytes);
    if (core.store.history.get(changeId) !== undefined) {
      core.store.history.move(changeId, { scopeId: scope.scopeId, ...place });
    }
  }
  if (scopes.length > 0 || Object.keys(labels).length > 0) {
    author.announce({ scopes, labels });
  }
  author.seal();
  const head = core.store.log.heads(scope.scopeId).get(core.device.id);
  if (head !== undefined) {
    heads.set(core.device.id, head);
  }
  core.notices.journal.audit({
    eventType: 'sync.own_chain.restored',
    actorId: core.device.id,
    subjectId: scope.scopeId,
    policyDomain: 'sync',
    outcome: 'informational',
    reasonCode: 'none',
    details: { changes: records.length, head: head?.sequence ?? 0 },
  });
}

/** Batches of one chain from a sequence on, as the log holds them, read a page at a time. */
export function* chainFrom(
  store: Pick<Store, 'log'>,
  scopeId: ScopeId,
  deviceId: DeviceId,
  from: number,
): Generator<LogRow> {
  for (let after = from - 1; ; ) {
    const rows = store.log.after(scopeId, deviceId, after, pageBytes);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    after = last.sequence;
  }
}

/** Undefined for a batch that cannot be opened. */
export function openOwn(core: Pick<Core, 'device' | 'logs'>, row: LogRow): TakenBack | undefined {
  const batch = decodeBatch(row.bytes);
  const key = batch.ok ? core.logs.scopes.epochKey(row.scopeId, batch.value.header.epoch) : undefined;
  const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
  if (!opened?.ok) {
    return undefined;
  }
  const [metaBytes, ...records] = opened.value;
  const meta = decodeMeta(metaBytes as Uint8Array);
  return {
    records: records.map((bytes) => {
      const change = decodeChange(bytes);
      assert(change.ok, 'an own change was encoded here');
      return { changeId: changeIdOf(core.device.id, bytes), collection: change.value.collection, bytes };
    }),
    scopes: meta.ok ? meta.value.scopes : [],
    revocations: meta.ok ? (meta.value.revocations ?? []) : [],
    labels: meta.ok ? (meta.value.labels ?? {}) : {},
  };
}

function mayWrite(core: Pick<Core, 'device' | 'logs'>, scope: ScopeState): boolean {
  const self = scope.members.get(core.device.id);
  const holdsKey = core.logs.scopes.epochKey(scope.scopeId, currentEpoch(scope).epoch) !== undefined;
  return holdsKey && self?.revoked === null && self.role !== 'reader';
}
