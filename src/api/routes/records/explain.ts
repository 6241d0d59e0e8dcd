import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CollectionName, type RecordId, parseRecordId } from '../../../base/ids.ts';
import type { CollectionBinding } from '../../../replica/names/binding.ts';
import type { Reader } from '../../../replica/past/references.ts';
import { quarantineIdOf } from '../../../replica/names/quarantine-id.ts';
import type { HistoryRow } from '../../../store/ground/port.ts';
import { changeIdNamed } from '../../answers/change-named.ts';
import { explainedChange, recentAudit } from '../../answers/explain-change.ts';
import { type SyncFacts, notSynced } from '../../answers/not-synced.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem } from '../../answers/problem.ts';
import { needsOf } from '../../answers/needs.ts';
import { readerOf } from '../../gate/reader.ts';
import { type RecordAddress, addressOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { EngineBody } from '../../types/bodies.ts';
import type { ExplainBody } from '../../types/explain.ts';

const explainedChanges = 20;

export function explainRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'labelOf'>,
): void {
  api.get('/v1/collections/:c/records/:id/explain', async (request, reply) => {
    const address = addressOf(request);
    if (!address.ok) {
      return send(reply, address.error);
    }
    const binding = deps.bindings.ofCollection(address.value.collection);
    const engine = binding && deps.control.engine(binding.manifest.engineId);
    if (binding === undefined || engine === undefined) {
      const message = `No engine serves the collection ${address.value.collection}.`;
      return send(reply, problem(404, message, { reasonCode: 'schema_unknown' }));
    }
    return explainRecord(deps, named(deps, address.value), binding, engine, readerOf(request));
  });
  api.get('/v1/changes/:hash/explain', async (request, reply) => explainOne(deps, request, reply));
}

function explainRecord(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'labelOf'>,
  { collection, id }: RecordAddress,
  binding: CollectionBinding,
  engine: EngineBody,
  reader: Reader,
): ExplainBody {
  const rows = deps.store.history.list(collection, id);
  const history = deps.replica.history(collection, id);
  const audit = recentAudit(deps);
  const row = deps.store.records.get(collection, id);
  const fields = row === 'damaged' ? undefined : row?.fields;
  const needs = needsOf(row === undefined || row === 'damaged' ? [] : (deps.replica.references(row, reader) ?? []));
  const inTheWay = notSynced(syncFacts(deps, { collection, id }, binding, engine, rows));
  return {
    ...{ collection, id, synced: inTheWay.length === 0, notSynced: inTheWay },
    why: inTheWay[0]?.message ?? 'Every change of it is durable at a relay, and nothing of it waits here.',
    keptAsBytes: (fields && binding.engine.files?.keptAsBytes(id, fields)) ?? null,
    ...(needs.length === 0 ? {} : { needs }),
    changes: rows.slice(-explainedChanges).flatMap((row) => {
      const explanation = deps.replica.explain(row.changeId);
      return explanation === undefined ? [] : [explainedChange(deps, explanation, history, audit)];
    }),
  };
}

/** By the whole hash of a change, or by the id of the quarantine item that holds one. */
async function explainOne(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'labelOf'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { hash } = request.params as { hash: string };
  const changeId = changeIdNamed(deps, hash);
  const explanation = changeId && deps.replica.explain(changeId);
  if (explanation === undefined) {
    const message = hash.startsWith('qr_')
      ? `Nothing held here under ${hash} is one change. See: sourcesync quarantine show ${hash}`
      : hash.length < 43
        ? 'A change is named by its whole hash of 43 characters, as records history --json lists it.'
        : 'No change with this hash is in the log of this device.';
    return send(reply, problem(404, message));
  }
  const { collection, objectId } = explanation.change;
  return explainedChange(deps, explanation, deps.replica.history(collection, objectId), recentAudit(deps));
}

/** A path of a file in a linked folder is taken as the record that the file is. */
function named({ control }: Pick<ApiDeps, 'control'>, address: RecordAddress): RecordAddress {
  const root = control
    .links()
    .find(
      ({ collection, root: linked }) => collection === address.collection && address.id.startsWith(`${linked}/`),
    )?.root;
  const id = root === undefined ? undefined : parseRecordId(address.id.slice(root.length + 1));
  return id === undefined ? address : { ...address, id };
}

function syncFacts(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'control'>,
  { collection, id }: RecordAddress,
  binding: CollectionBinding,
  engine: EngineBody,
  rows: readonly HistoryRow[],
): SyncFacts {
  const status = deps.control.status();
  const scope = deps.replica.scopeOf(binding);
  const blocked = [engine, ...engine.conditions].find(({ state }) => state === 'policy_blocked');
  const waiting = rows.filter(({ disposition }) => disposition === 'waiting');
  const held = waiting.flatMap((row) => {
    const item = deps.store.quarantine.get(quarantineIdOf(row));
    return item?.status === 'held' ? [item] : [];
  });
  const proposals = deps.store.reviews.openOf(collection, id).filter(({ kind }) => kind === 'proposal');
  return {
    ...{ collection, id: id as string, paused: status.sync.paused, relay: status.relay, changes: rows.length },
    engine: {
      ...{ engineId: engine.engineId, enabled: engine.enabled, scope: binding.scope, denied: blocked?.reasonCodes },
      scopeHeld:
        scope !== undefined && deps.replica.epochKey(scope.scopeId, scope.epochs.at(-1)?.epoch ?? 0) !== undefined,
    },
    fileProblem: fileProblem(deps, collection, id),
    quarantined: held.map((item) => ({ id: item.id, reasonCode: item.reasonCode, message: item.message })),
    waiting: waiting.length - held.length,
    proposals: proposals.map((item) => item.id),
    braked: deps.replica.isBraking(collection),
    unconfirmed: unconfirmedOf(deps, rows),
  };
}

function fileProblem(
  { control }: Pick<ApiDeps, 'control'>,
  collection: CollectionName,
  id: RecordId,
): string | undefined {
  const problems = control.links().flatMap((link) => (link.collection === collection ? link.problems : []));
  return problems.find(({ path }) => path === id)?.message ?? control.ignoredBecause(collection, id);
}

/** Own changes alone: what came from others came from a relay. */
function unconfirmedOf(
  { replica, store }: Pick<ApiDeps, 'replica' | 'store'>,
  rows: readonly HistoryRow[],
): SyncFacts['unconfirmed'] {
  const last = rows.findLast(({ deviceId }) => deviceId === replica.self);
  const confirmed = last === undefined ? 0 : store.log.acknowledgedAnywhere(last.scopeId);
  const isLocal = replica.scopes().some(({ state, local }) => local && state.scopeId === last?.scopeId);
  return last === undefined || isLocal || last.sequence <= confirmed
    ? undefined
    : { sequence: last.sequence, confirmed };
}
