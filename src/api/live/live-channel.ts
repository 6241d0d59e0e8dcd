import type { WebSocket } from 'ws';
import type { FastifyRequest } from 'fastify';
import type { WriteResult } from '../../replica/names/write.ts';
import { refuseCaller } from '../gate/gate.ts';
import { refuseByPolicy } from '../gate/policy-gate.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from '../answers/problem.ts';
import type { RecordAddress } from '../answers/request.ts';
import { type Editor, closeCodes, createEditor } from './editor.ts';
import { type EditorMessage, presenceMessage, readMessage } from '../ports/messages.ts';
import { createLookAfter } from './look-after.ts';
import { type Place, createPlaces, isEditor } from './places.ts';
import { type RoomDeps, createRoom } from './room.ts';
import { presenceOfOthers, tellEverywhere } from './tell-presence.ts';

export const maximumEditorsOfRecord = 64;
const maximumEditors = 512;

/** Editors that are open at records of this device. Rules: the section "Live channel" of SPEC.md. */
export interface LiveChannel {
  /** Why one more editor cannot come to this record; undefined when it can. */
  refuseMore(address: RecordAddress): Problem | undefined;
  join(socket: WebSocket, address: RecordAddress, request: FastifyRequest): void;
  /** Writes what waits, then sends everybody away; resolves once it is durable. */
  stop(): Promise<void>;
}

export function createLiveChannel(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'control' | 'events' | 'clients' | 'presence' | 'onInternalError'>,
): LiveChannel {
  const requests = new WeakMap<Editor, FastifyRequest>();
  const places = createPlaces((address) => createRoom(roomDeps(deps, requests, address)));
  const lookAfter = createLookAfter(places, deps.presence);
  let editorCount = 0;
  let isStopping = false;

  const unsubscribe = deps.events.subscribe(({ type, data }) => {
    const { collection, id, version } = data;
    if (type === 'record.changed' && typeof collection === 'string' && typeof id === 'string') {
      places.find(collection, id)?.room.changed(String(version));
    }
    if (type === 'scope.chosen') {
      // What an editor has is of the other scope: it must not bring it along.
      for (const { room } of [...places.all()].filter(({ address }) => address.collection === collection)) {
        room.closeAll(closeCodes.removed, 'Another workspace serves this collection now. Open the record anew.');
      }
    }
  });
  const unlisten = deps.presence.listen(presenceOfOthers(places));

  async function leave(place: Place, editor: Editor): Promise<void> {
    await place.room.leave(editor);
    tellEverywhere(deps.presence, place, place.presence.leave(editor));
    editorCount--;
    places.left(place);
    if (editorCount === 0) {
      lookAfter.stop();
    }
  }

  return {
    refuseMore({ collection, id }) {
      if (isStopping) {
        return problem(503, 'The daemon stops.');
      }
      const here = places.find(collection, id)?.room.editors.size ?? 0;
      return editorCount >= maximumEditors || here >= maximumEditorsOfRecord
        ? problem(429, `At most ${maximumEditorsOfRecord} editors are open at a record, and ${maximumEditors} in all.`)
        : undefined;
    },
    join(socket, address, request) {
      const editor = createEditor(socket);
      const place = places.at(address);
      requests.set(editor, request);
      editorCount++;
      lookAfter.start();
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isStopping) {
          heard(deps, place, editor, isBinary ? data : undefined);
        }
      });
      // An error is always followed by close.
      socket.on('error', () => undefined);
      socket.once('close', () => void leave(place, editor));
      place.room.join(editor);
      const present = place.presence.states();
      if (present.length > 0) {
        editor.send(presenceMessage(present));
      }
    },
    async stop() {
      isStopping = true;
      unsubscribe();
      unlisten();
      lookAfter.stop();
      await Promise.all([...places.all()].map(async ({ room }) => room.flush()));
      for (const { room, address, presence } of places.all()) {
        if (presence.states(isEditor).length > 0) {
          deps.presence.tell(address.collection, address.id, []);
        }
        room.closeAll(closeCodes.stopping, 'The daemon stops, or its keys are locked.');
      }
    },
  };
}

function roomDeps(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'control' | 'clients' | 'onInternalError'>,
  requests: WeakMap<Editor, FastifyRequest>,
  { collection, id }: RecordAddress,
): RoomDeps {
  return {
    readRow: () => deps.store.records.get(collection, id),
    write: async (updates): Promise<readonly WriteResult[]> =>
      deps.control.edit(
        collection,
        updates.map((update) => ({ id, intent: { kind: 'binary', update } })),
      ),
    refuse: (editor) => {
      const request = requests.get(editor);
      return request === undefined ? undefined : (refuseCaller(deps, request) ?? refuseByPolicy(deps, request));
    },
    onFault: deps.onInternalError,
    nowMs: () => performance.now(),
  };
}

/** A frame came; `bytes` is undefined for one of text. */
function heard(deps: Pick<ApiDeps, 'presence'>, place: Place, editor: Editor, bytes: Buffer | undefined): void {
  if (bytes === undefined) {
    editor.close(closeCodes.textFrame, 'Messages are binary.');
    return;
  }
  const message = readMessage(bytes);
  if (message.ok) {
    take(deps, place, editor, message.value);
  } else {
    editor.close(closeCodes.malformed, message.error);
  }
}

function take(deps: Pick<ApiDeps, 'presence'>, place: Place, editor: Editor, message: EditorMessage): void {
  switch (message.type) {
    case 'ask':
    case 'answer':
    case 'update':
      place.room.take(editor, message);
      return;
    case 'presence':
      if (place.room.isStillLetIn(editor)) {
        tellEverywhere(deps.presence, place, place.presence.take(editor, message.states, performance.now()));
      }
      return;
    case 'ask_presence':
      if (place.room.isStillLetIn(editor)) {
        editor.send(presenceMessage(place.presence.states()));
      }
  }
}
