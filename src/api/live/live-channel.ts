import type { WebSocket } from 'ws';
import type { FastifyRequest } from 'fastify';
import type { WriteResult } from '../../replica/names/write.ts';
import { refuseCaller } from '../gate/gate.ts';
import { refuseByPolicy } from '../gate/policy-gate.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from '../answers/problem.ts';
import type { RecordAddress } from '../answers/request.ts';
import { type Editor, closeCodes, createEditor } from './editor.ts';
import { type EditorMessage, type PresenceState, presenceMessage, readMessage } from '../ports/messages.ts';
import { type PresenceTable, createPresenceTable } from './presence-table.ts';
import { type Room, createRoom } from './room.ts';

export const maximumEditorsOfRecord = 64;
const maximumEditors = 512;
const expiryIntervalMs = 5000;
const roundsOfProbe = 3;

/** Editors that are open at records of this device. Rules: the section "Live channel" of SPEC.md. */
export interface LiveChannel {
  /** Why one more editor cannot come to this record; undefined when it can. */
  refuseMore(address: RecordAddress): Problem | undefined;
  join(socket: WebSocket, address: RecordAddress, request: FastifyRequest): void;
  /** Writes what waits, then sends everybody away; resolves once it is durable. */
  stop(): Promise<void>;
}

/** An editor of this device, or another device with all of its editors. */
type Owner = Editor | string;

interface Place {
  readonly address: RecordAddress;
  readonly room: Room;
  readonly presence: PresenceTable<Owner>;
}

export function createLiveChannel(deps: ApiDeps): LiveChannel {
  const places = new Map<string, Place>();
  const requests = new WeakMap<Editor, FastifyRequest>();
  let editorCount = 0;
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let rounds = 0;

  const unsubscribe = deps.events.subscribe(({ type, data }) => {
    const { collection, id, version } = data;
    if (type === 'record.changed' && typeof collection === 'string' && typeof id === 'string') {
      places.get(keyOf(collection, id))?.room.changed(String(version));
    }
  });

  const unlisten = deps.presence.listen({
    told({ collection, id, deviceId, states }) {
      const place = places.get(keyOf(collection, id));
      if (place !== undefined) {
        tellHere(place, place.presence.replace(deviceId, states, performance.now()));
      }
    },
    left(deviceId) {
      for (const place of places.values()) {
        tellHere(place, place.presence.leave(deviceId));
      }
    },
  });

  function placeAt(address: RecordAddress): Place {
    const key = keyOf(address.collection, address.id);
    const known = places.get(key);
    if (known !== undefined) {
      return known;
    }
    const place: Place = {
      ...{ address, room: createRoom(roomDeps(address)) },
      presence: createPresenceTable((from, to) => isEditor(from) && isEditor(to)),
    };
    places.set(key, place);
    return place;
  }

  function roomDeps({ collection, id }: RecordAddress): Parameters<typeof createRoom>[0] {
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

  function take(place: Place, editor: Editor, message: EditorMessage): void {
    switch (message.type) {
      case 'ask':
      case 'answer':
      case 'update':
        place.room.take(editor, message);
        return;
      case 'presence':
        if (place.room.isStillLetIn(editor)) {
          tellEverywhere(place, place.presence.take(editor, message.states, performance.now()));
        }
        return;
      case 'ask_presence':
        if (place.room.isStillLetIn(editor)) {
          editor.send(presenceMessage(place.presence.states()));
        }
    }
  }

  /** To whoever said it too: editors take silence for a connection that is lost. */
  function tellHere({ room }: Place, news: readonly PresenceState[]): void {
    if (news.length > 0) {
      room.tell(presenceMessage(news));
    }
  }

  function tellEverywhere(place: Place, news: readonly PresenceState[]): void {
    if (news.length > 0) {
      tellHere(place, news);
      const { collection, id } = place.address;
      deps.presence.tell(collection, id, place.presence.states(isEditor));
    }
  }

  async function leave(place: Place, editor: Editor): Promise<void> {
    await place.room.leave(editor);
    tellEverywhere(place, place.presence.leave(editor));
    editorCount--;
    const key = keyOf(place.address.collection, place.address.id);
    if (place.room.editors.size === 0 && places.get(key) === place) {
      places.delete(key);
    }
    if (editorCount === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  function lookAfter(): void {
    rounds++;
    for (const place of places.values()) {
      tellEverywhere(place, place.presence.expire(performance.now()));
      for (const editor of rounds % roundsOfProbe === 0 ? place.room.editors : []) {
        editor.probe();
      }
    }
  }

  return {
    refuseMore({ collection, id }) {
      if (isStopping) {
        return problem(503, 'The daemon stops.');
      }
      const here = places.get(keyOf(collection, id))?.room.editors.size ?? 0;
      return editorCount >= maximumEditors || here >= maximumEditorsOfRecord
        ? problem(429, `At most ${maximumEditorsOfRecord} editors are open at a record, and ${maximumEditors} in all.`)
        : undefined;
    },
    join(socket, address, request) {
      const editor = createEditor(socket);
      const place = placeAt(address);
      requests.set(editor, request);
      editorCount++;
      timer ??= setInterval(lookAfter, expiryIntervalMs);
      socket.on('message', (data: Buffer, isBinary) => {
        const message = isBinary ? readMessage(data) : undefined;
        if (isStopping) {
          return;
        }
        if (message?.ok === true) {
          take(place, editor, message.value);
        } else {
          const reason = message?.error ?? 'Messages are binary.';
          editor.close(isBinary ? closeCodes.malformed : closeCodes.textFrame, reason);
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
      clearInterval(timer);
      await Promise.all([...places.values()].map(async ({ room }) => room.flush()));
      for (const { room, address, presence } of places.values()) {
        if (presence.states(isEditor).length > 0) {
          deps.presence.tell(address.collection, address.id, []);
        }
        room.closeAll(closeCodes.stopping, 'The daemon stops, or its keys are locked.');
      }
    },
  };
}

function isEditor(owner: Owner): owner is Editor {
  return typeof owner !== 'string';
}

function keyOf(collection: string, id: string): string {
  return `${collection}/${id}`;
}
