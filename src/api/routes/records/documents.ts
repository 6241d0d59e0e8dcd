import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bytesFromBase64url } from '../../../base/bytes.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import type { RecordRow } from '../../../contract/record.ts';
import { updateSince } from '../../../merge/crdt/crdt-document.ts';
import { maximumUpdateBytes } from '../../../merge/crdt/crdt-update.ts';
import type { WriteResult } from '../../../replica/names/write.ts';
import { rowDamaged } from '../../../replica/names/row-damaged.ts';
import { versionOf } from '../../../replica/names/version.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { expectedVersion, sendRecord } from '../../answers/record-answer.ts';
import { type RecordAddress, addressOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';

const updates = '/v1/collections/:c/records/:id/updates';
const octets = 'application/octet-stream';
const tooLarge = problem(413, 'An update has 1 MiB at most. Send what is new in several updates.');
const notBytes = problem(415, `An update is the bytes of Yjs, with the content type ${octets}.`);

/** Documents of collections that merge by crdt, as their editors hold them. */
export function documentRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'storeCare'>,
): void {
  api.addContentTypeParser(octets, { parseAs: 'buffer', bodyLimit: maximumUpdateBytes }, (request, body, done) => {
    // No other route takes anything but JSON.
    const isTaken = request.routeOptions.url === updates;
    done(isTaken ? null : Object.assign(new Error('Only application/json is understood.'), { statusCode: 415 }), body);
  });
  api.get('/v1/collections/:c/records/:id/document', async (request, reply) => readDocument(deps, request, reply));
  api.post(updates, { errorHandler: refuseBody }, async (request, reply) => writeUpdate(deps, request, reply));
}

function refuseBody(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.statusCode !== 413) {
    throw error;
  }
  void send(reply, tooLarge);
}

async function readDocument(
  deps: Pick<ApiDeps, 'store' | 'bindings' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const address = addressOf(request);
  const row = address.ok ? liveDocument(deps, address.value) : address;
  if (!row.ok) {
    return send(reply, row.error);
  }
  const { stateVector } = request.query as { stateVector?: unknown };
  const known = typeof stateVector === 'string' ? bytesFromBase64url(stateVector) : undefined;
  const content = stateVector === undefined ? row.value.document : known && updateSince(row.value.document, known);
  return content === undefined
    ? send(reply, problem(400, 'stateVector is a state vector of Yjs as base64url.'))
    : reply
        .header('etag', `"${versionOf(row.value)}"`)
        .type(octets)
        .send(Buffer.from(content));
}

function liveDocument(
  { bindings, store, storeCare }: Pick<ApiDeps, 'store' | 'bindings' | 'storeCare'>,
  { collection, id }: RecordAddress,
): Result<RecordRow & { readonly document: Uint8Array }, Problem> {
  const binding = bindings.ofCollection(collection);
  if (binding === undefined) {
    return err(problem(404, `No engine serves the collection ${collection}.`, { reasonCode: 'schema_unknown' }));
  }
  if (binding.manifest.mergeStrategy !== 'crdt') {
    return err(problem(409, 'Only records of collections merged by crdt are documents. Read the fields as JSON.'));
  }
  const row = store.records.get(collection, id);
  if (row === 'damaged') {
    storeCare.noticed(collection, id);
    return err(problemOfRefusal({ kind: 'damaged', message: rowDamaged.message }));
  }
  return row?.state === 'live' && row.document !== null
    ? ok({ ...row, document: row.document })
    : err(problem(404, `There is no live record ${id}. Write it first.`));
}

async function writeUpdate(
  deps: Pick<ApiDeps, 'replica' | 'control' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const address = addressOf(request);
  const expected = expectedVersion(request);
  if (!address.ok || !expected.ok) {
    return send(reply, address.ok ? (expected as { error: Problem }).error : address.error);
  }
  if (!(request.body instanceof Uint8Array)) {
    return send(reply, notBytes);
  }
  const { collection, id } = address.value;
  const intent = { kind: 'binary', update: new Uint8Array(request.body) } as const;
  const [result] = (await deps.control.edit(collection, [{ id, intent, ...expected.value }])) as [WriteResult];
  if (!result.ok && result.error.kind === 'damaged') {
    deps.storeCare.noticed(collection, id);
  }
  return result.ok ? sendRecord(deps, reply, result.value) : send(reply, problemOfRefusal(result.error));
}
