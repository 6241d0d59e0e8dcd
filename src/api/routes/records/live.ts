import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import { rowDamaged } from '../../../replica/names/row-damaged.ts';
import { maximumUpdateBytes } from '../../../merge/crdt/crdt-update.ts';
import { liveSubprotocol } from '../../answers/bearer.ts';
import type { LiveChannel } from '../../live/live-channel.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { type RecordAddress, addressOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import { asksForUpgrade, takeUpgrade } from '../../answers/upgrade.ts';

/** Room for the numbers around an update. */
const messageHeadBytes = 64;

/** A record as a live document: a WebSocket that speaks the messages of y-protocols. */
export function liveRoutes(
  api: FastifyInstance,
  channel: LiveChannel,
  deps: Pick<ApiDeps, 'store' | 'bindings' | 'storeCare'>,
): void {
  const webSockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false },
    maxPayload: maximumUpdateBytes + messageHeadBytes,
    // A flood of small messages takes turns with everything else.
    allowSynchronousEvents: false,
    handleProtocols: (offered) => (offered.has(liveSubprotocol) ? liveSubprotocol : false),
  });
  api.addHook('preClose', async () => channel.stop());

  api.get('/v1/collections/:c/records/:id/live', async (request, reply) => {
    const address = addressOf(request);
    const refused = address.ok ? refuseRecord(deps, address.value) : address.error;
    const full = address.ok ? channel.refuseMore(address.value) : undefined;
    if (!address.ok || refused !== undefined || full !== undefined) {
      return send(reply, refused ?? full ?? notWebSocket);
    }
    if (!isWebSocket(request)) {
      return send(reply, notWebSocket);
    }
    return upgrade(request, reply, address.value);
  });

  function upgrade(request: FastifyRequest, reply: FastifyReply, address: RecordAddress): FastifyReply {
    const taken = takeUpgrade(request, reply);
    if (taken !== undefined) {
      webSockets.handleUpgrade(request.raw, taken.socket, taken.head, (socket) => {
        channel.join(socket, address, request);
      });
    }
    return reply;
  }
}

function refuseRecord(
  { bindings, store, storeCare }: Pick<ApiDeps, 'store' | 'bindings' | 'storeCare'>,
  { collection, id }: RecordAddress,
): Problem | undefined {
  const binding = bindings.ofCollection(collection);
  if (binding === undefined) {
    return problem(404, `No engine serves the collection ${collection}.`, { reasonCode: 'schema_unknown' });
  }
  if (binding.manifest.mergeStrategy !== 'crdt') {
    return problem(409, 'Only records of collections merged by crdt are documents. Read the fields as JSON.');
  }
  const row = store.records.get(collection, id);
  if (row === 'damaged') {
    storeCare.noticed(collection, id);
    return problemOfRefusal({ kind: 'damaged', message: rowDamaged.message });
  }
  return row === undefined || row.state === 'live'
    ? undefined
    : problem(404, `There is no live record ${id}. Write it first.`);
}

function isWebSocket(request: FastifyRequest): boolean {
  return asksForUpgrade(request) && request.headers.upgrade?.toLowerCase() === 'websocket';
}

const notWebSocket = problem(426, 'This is a WebSocket that speaks y-protocols. Point the provider of an editor here.');
