import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseRecordId } from '../../../base/ids.ts';
import { type JsonObject, isJsonObject } from '../../../base/json.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import type { RecordRow } from '../../../contract/record.ts';
import type { Intent } from '../../../contract/strategy.ts';
import { patchFromMergePatch } from '../../../merge/values/json-patch.ts';
import type { Write, WriteResult } from '../../../replica/names/write.ts';
import { rowDamaged } from '../../../replica/names/row-damaged.ts';
import { nameOfRefused } from '../../../replica/kernel/secrets.ts';
import type { Page } from '../../../store/ground/port.ts';
import { absentRecordBody, historyBody } from '../../answers/bodies.ts';
import { widenedBy } from '../../answers/widened-history.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { leaseHeader, leasedWrite, presentedBy } from '../../answers/presented-lease.ts';
import { bodyNow, expectedVersion, placedBody, sendRecord, waitsIn } from '../../answers/record-answer.ts';
import { type RecordAddress, addressOf, collectionOf, pageOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { BulkResultBody, PageBody, RecordBody } from '../../types/bodies.ts';
import { callerOf, denied } from '../../gate/gate.ts';
import { proposesOnly } from '../../ports/clients.ts';
import { auditVault, isVault, vaultRecords } from '../../gate/vault-records.ts';

const states = ['live', 'tombstoned', 'absent'] as const;
const maximumBulkItems = 5000;

export function recordRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'vault' | 'storeCare' | 'labelOf'>,
): void {
  api.get('/v1/collections/:c/records', async (request, reply) => list(deps, request, reply));
  api.post('/v1/collections/:c/records', async (request, reply) => bulk(deps, request, reply));
  api.get('/v1/collections/:c/records/:id', async (request, reply) => {
    const address = addressOf(request);
    return address.ok ? read(deps, address.value, reply) : send(reply, address.error);
  });
  api.put('/v1/collections/:c/records/:id', async (request, reply) =>
    writeOne(deps, request, reply, () => ({ kind: 'put', fields: request.body as JsonObject })),
  );
  api.patch('/v1/collections/:c/records/:id', async (request, reply) =>
    writeOne(deps, request, reply, (row) => ({
      kind: 'patch',
      patch: patchFromMergePatch(row?.fields ?? {}, request.body as JsonObject),
    })),
  );
  api.delete('/v1/collections/:c/records/:id', async (request, reply) =>
    writeOne(deps, request, reply, () => ({ kind: 'remove' })),
  );
  api.get('/v1/collections/:c/records/:id/history', async (request, reply) => {
    const address = addressOf(request);
    if (!address.ok) {
      return send(reply, address.error);
    }
    const { collection, id } = address.value;
    const binding = deps.bindings.ofCollection(collection);
    if (binding === undefined) {
      return send(reply, unknownCollection(collection));
    }
    const row = deps.store.records.get(collection, id);
    const history = deps.replica.history(collection, id);
    const about = {
      ...{ engine: binding.engine, row: row === 'damaged' ? undefined : row, labelOf: deps.labelOf },
      widened: widenedBy(history.map(({ change }) => change)),
    };
    return { items: history.map((entry) => historyBody(entry, about)), nextCursor: null };
  });
}

async function list(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'vault' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const collection = collectionOf(request);
  const page = pageOf(request);
  if (!collection.ok || !page.ok) {
    return send(reply, !collection.ok ? collection.error : (page as { error: Problem }).error);
  }
  const binding = deps.bindings.ofCollection(collection.value);
  if (binding === undefined) {
    return send(reply, unknownCollection(collection.value));
  }
  if (isVault(binding)) {
    return { items: vaultRecords(deps, binding), nextCursor: null };
  }
  const { state } = request.query as { state?: (typeof states)[number] };
  if (state !== undefined && !states.includes(state)) {
    return send(reply, problem(400, `state is one of: ${states.join(', ')}.`));
  }
  const { store, storeCare } = deps;
  if (binding.manifest.mergeStrategy === 'append_only') {
    return pageBody(deps, store.records.listByStamp(collection.value, page.value));
  }
  const rows = store.records.list(collection.value, page.value, state ?? 'live');
  if (rows.damaged > 0) {
    storeCare.suspected();
  }
  return pageBody(deps, rows);
}

function pageBody(deps: Pick<ApiDeps, 'replica'>, { items, nextCursor }: Page<RecordRow>): PageBody<RecordBody> {
  return { items: items.map((row) => placedBody(deps, row)), nextCursor };
}

async function read(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'vault' | 'storeCare'>,
  address: RecordAddress,
  reply: FastifyReply,
): Promise<unknown> {
  const binding = deps.bindings.ofCollection(address.collection);
  if (binding === undefined) {
    return send(reply, unknownCollection(address.collection));
  }
  if (isVault(binding)) {
    const found = vaultRecords(deps, binding).find((record) => record.id === address.id);
    return found ?? send(reply, problem(404, `There is no secret ${address.id}.`));
  }
  const row = deps.store.records.get(address.collection, address.id);
  if (row === 'damaged') {
    deps.storeCare.noticed(address.collection, address.id);
    return send(reply, problemOfRefusal({ kind: 'damaged', message: rowDamaged.message }));
  }
  if (row === undefined) {
    return reply.code(404).send(absentRecordBody(address.collection, address.id));
  }
  return sendRecord(deps, reply, row);
}

async function writeOne(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'vault' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
  intentOf: (row: RecordRow | undefined) => Intent,
): Promise<unknown> {
  const address = addressOf(request);
  if (!address.ok) {
    return send(reply, address.error);
  }
  const { collection, id } = address.value;
  const binding = deps.bindings.ofCollection(collection);
  if (request.method !== 'DELETE' && !isJsonObject(request.body)) {
    return send(reply, problem(400, 'The body is a JSON object: the fields of the record.'));
  }
  const isProposal = proposesOnly(callerOf(request));
  if (binding !== undefined && isVault(binding)) {
    return isProposal ? send(reply, secretsUnproposed) : writeVault(deps, request, reply, address.value);
  }
  const expected = expectedVersion(request);
  if (!expected.ok) {
    return send(reply, expected.error);
  }
  const presented = presentedBy(request);
  if (!presented.ok) {
    return send(reply, presented.error);
  }
  const row = deps.store.records.get(collection, id);
  const held = row === 'damaged' ? undefined : row;
  const wanted: Write = { id, intent: intentOf(held), ...expected.value, ...(isProposal ? { isProposal } : {}) };
  const write = leasedWrite(wanted, held, presented.value);
  const [result] = (await deps.control.edit(collection, [write])) as [WriteResult];
  if (row === 'damaged') {
    deps.storeCare.noticed(collection, id);
  }
  return answerOf(deps, reply, address.value, result, presented.value !== undefined);
}

const secretsUnproposed = denied('Nothing is proposed in the vault. A person puts a secret in: sourcesync secrets set');

/** What an agent wrote may wait for a person; then the record is told as it is, and where it waits. */
function answerOf(
  deps: Pick<ApiDeps, 'replica' | 'store'>,
  reply: FastifyReply,
  address: RecordAddress,
  result: WriteResult,
  isLeased: boolean,
): unknown {
  const waits = isLeased ? waitsIn(deps, address, result) : undefined;
  if (waits !== undefined) {
    return reply.code(202).send({ ...bodyNow(deps, address), waits });
  }
  return result.ok ? sendRecord(deps, reply, result.value) : send(reply, problemOfRefusal(result.error));
}

async function writeVault(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'vault'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { collection, id }: RecordAddress,
): Promise<unknown> {
  const { vault, store } = deps;
  if (request.method === 'DELETE') {
    const isRemoved = store.transaction(() => {
      const removed = vault.remove(id);
      if (removed) {
        auditVault(deps, request, id, 'secret.lease.revoked');
      }
      return removed;
    });
    return isRemoved ? absentRecordBody(collection, id) : send(reply, problem(404, `There is no secret ${id}.`));
  }
  const written = store.transaction(() => {
    const before = request.method === 'PATCH' ? (vault.describe(id) ?? {}) : {};
    const put = vault.put(id, { ...before, ...(request.body as JsonObject) });
    if (put.ok) {
      auditVault(deps, request, id, 'graph.write.accepted');
    }
    return put;
  });
  return written.ok
    ? { ...absentRecordBody(collection, id), state: 'live', fields: written.value }
    : send(reply, problem(422, written.error));
}

async function bulk(deps: Pick<ApiDeps, 'control'>, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const collection = collectionOf(request);
  if (!collection.ok) {
    return send(reply, collection.error);
  }
  if (request.headers[leaseHeader] !== undefined) {
    return send(reply, problem(400, 'A lease is presented with one write at a time. Nothing was written.'));
  }
  const { items, confirm } = (request.body ?? {}) as { items?: unknown; confirm?: unknown };
  if (confirm !== undefined && typeof confirm !== 'boolean') {
    return send(reply, problem(400, 'confirm is true or false. Nothing was written.'));
  }
  if (!Array.isArray(items) || items.length > maximumBulkItems) {
    return send(
      reply,
      problem(400, `The body is {"items":[{"id","fields"}…]} with at most ${maximumBulkItems} items.`),
    );
  }
  const writes = writesOf(items);
  if (!writes.ok) {
    return send(reply, problem(400, `${writes.error} Nothing was written.`));
  }
  const results = await deps.control.edit(collection.value, writes.value, confirm === true);
  const [first] = results;
  const isHeld = first?.ok === false && first.error.kind === 'mass_change';
  return isHeld ? send(reply, problemOfRefusal(first.error)) : bulkResult(writes.value, results);
}

function writesOf(items: readonly { id?: unknown; fields?: unknown }[]): Result<readonly Write[], string> {
  const writes: Write[] = [];
  for (const item of items) {
    const id = typeof item?.id === 'string' ? parseRecordId(item.id) : undefined;
    if (id === undefined || !isJsonObject(item.fields)) {
      return err(`Item ${writes.length} needs a valid id and an object of fields.`);
    }
    const other = Object.keys(item).find((name) => name !== 'id' && name !== 'fields');
    if (other !== undefined) {
      return err(`Item ${writes.length} says "${other.slice(0, 64)}", and an item has an id and fields alone.`);
    }
    writes.push({ id, intent: { kind: 'put', fields: item.fields } });
  }
  return ok(writes);
}

function bulkResult(writes: readonly Write[], results: readonly WriteResult[]): BulkResultBody {
  const failed = results.flatMap((result, index) =>
    result.ok
      ? []
      : [
          {
            id: nameOfRefused((writes[index] as Write).id, index, result.error),
            message: result.error.message,
            reasonCode: problemOfRefusal(result.error).body.reasonCode ?? null,
          },
        ],
  );
  return { written: results.length - failed.length, failed };
}

function unknownCollection(collection: string): Problem {
  return problem(404, `No engine serves the collection ${collection}.`, { reasonCode: 'schema_unknown' });
}
