import { randomBytes } from 'node:crypto';
import type { DeviceId } from '../../base/ids.ts';
import { blobChannelVersion } from '../../sync/wire/blob-messages.ts';
import { encodeMessage } from '../../sync/wire/codec.ts';
import { diskWords } from '../disk-words.ts';
import type { Guest } from '../door/front-door.ts';
import { watchHeldBytes } from '../door/held-bytes.ts';
import type { RelaySocket } from '../door/relay-socket.ts';
import type { ConnectionLimits, StrangerLimits } from '../policy.ts';
import { type Peer, endSoon, readOrPause, send, settle } from '../sockets/peer.ts';
import type { RelayLog } from '../sockets/perform.ts';
import { type HearingDeps, type Visitor, hearVisitor } from './visitor.ts';

/** The sockets of the channel of large files: each is answered frame by frame, while the disk works in other threads. */
export interface ChunkSockets {
  accept(socket: RelaySocket, guest: Guest): void;
  /** Sends away who is silent. `blindMs` is time since the last tick in which nothing was read. */
  tick(blindMs: number): void;
  closeAll(): void;
  readonly connections: number;
  readonly storeFailures: number;
}

export interface ChunkSocketsOptions {
  readonly hearing: HearingDeps;
  readonly limits: Pick<ConnectionLimits, 'silenceTimeoutMs' | 'connections'> &
    Pick<StrangerLimits, 'strangerTimeoutMs'>;
  readonly log: RelayLog;
}

interface Caller extends Visitor {
  readonly peer: Peer;
  readonly waiting: Uint8Array[];
  waitingBytes: number;
  isAnswering: boolean;
  heardMs: number;
}

/** Everybody who is connected, and what is counted. */
interface Hall {
  readonly hearing: HearingDeps;
  readonly log: RelayLog;
  readonly callers: Set<Caller>;
  readonly byDevice: Map<DeviceId, Caller>;
  storeFailures: number;
}

const goingAway = 1001;
const policyViolation = 1008;
const tryAgainLater = 1013;

export function createChunkSockets({ hearing, limits, log }: ChunkSocketsOptions): ChunkSockets {
  const hall: Hall = { hearing, log, callers: new Set(), byDevice: new Map(), storeFailures: 0 };
  const { callers } = hall;
  let lastId = 0;

  return {
    accept(socket, guest) {
      if (callers.size >= limits.connections) {
        socket.close(tryAgainLater, 'the relay is full');
        return endSoon(socket);
      }
      const unwatch = watchHeldBytes(socket, guest.stream, guest.hold);
      welcome(hall, { id: ++lastId, socket, guest, unwatch, standing: 'stranger', throttle: undefined });
    },
    tick(blindMs) {
      const nowMs = performance.now();
      for (const caller of callers) {
        caller.heardMs += blindMs;
        const patienceMs = caller.deviceId === undefined ? limits.strangerTimeoutMs : limits.silenceTimeoutMs;
        if (!caller.isAnswering && nowMs - caller.heardMs > patienceMs) {
          end(hall, caller, policyViolation, 'nothing was heard of the device for too long');
        }
      }
    },
    closeAll() {
      for (const caller of callers) {
        end(hall, caller, goingAway, 'the relay stops');
      }
    },
    get connections(): number {
      return callers.size;
    },
    get storeFailures(): number {
      return hall.storeFailures;
    },
  };
}

function welcome(hall: Hall, peer: Peer): void {
  const { socket, guest } = peer;
  const nonce = new Uint8Array(randomBytes(32));
  const caller: Caller = {
    ...{ peer, nonce, deviceId: undefined, waiting: [], waitingBytes: 0 },
    ...{ isAnswering: false, heardMs: performance.now() },
  };
  hall.callers.add(caller);
  socket.binaryType = 'nodebuffer';
  guest.onDismiss((reason) => end(hall, caller, tryAgainLater, reason));
  socket.on('message', (data, isBinary) => {
    if (!hall.callers.has(caller)) {
      return;
    }
    if (isBinary) {
      hear(hall, caller, data as Buffer);
    } else {
      end(hall, caller, policyViolation, 'frames are binary');
    }
  });
  socket.on('error', () => forget(hall, caller));
  socket.on('close', () => forget(hall, caller));
  send(peer, encodeMessage({ type: 'challenge', version: blobChannelVersion, nonce }));
}

/** Pressure goes back to who sends: a socket is read no further while much of it waits for the disk. */
function hear(hall: Hall, caller: Caller, frame: Uint8Array): void {
  caller.heardMs = performance.now();
  caller.waiting.push(frame);
  caller.waitingBytes += frame.length;
  readOrPause(caller.peer, caller.waitingBytes);
  if (!caller.isAnswering) {
    answerAll(hall, caller).catch((cause: unknown) => {
      hall.storeFailures++;
      hall.log('error', `the store of chunks failed: ${diskWords('large files', cause)}`);
      end(hall, caller, tryAgainLater, 'the relay could not store or read this');
    });
  }
}

async function answerAll(hall: Hall, caller: Caller): Promise<void> {
  caller.isAnswering = true;
  for (let frame = caller.waiting.shift(); frame !== undefined; frame = caller.waiting.shift()) {
    caller.waitingBytes -= frame.length;
    const wasKnown = caller.deviceId !== undefined;
    const { answer, ends } = await hearVisitor(hall.hearing, caller, frame);
    if (!hall.callers.has(caller)) {
      return;
    }
    if (answer !== undefined && !send(caller.peer, answer)) {
      return forget(hall, caller);
    }
    if (ends !== undefined) {
      return end(hall, caller, policyViolation, ends);
    }
    if (!wasKnown && caller.deviceId !== undefined) {
      become(hall, caller, caller.deviceId);
    }
    readOrPause(caller.peer, caller.waitingBytes);
  }
  caller.isAnswering = false;
}

function become(hall: Hall, caller: Caller, deviceId: DeviceId): void {
  const older = hall.byDevice.get(deviceId);
  if (older !== undefined) {
    end(hall, older, policyViolation, 'the device connected again');
  }
  hall.byDevice.set(deviceId, caller);
  settle(caller.peer, 'member');
}

function end(hall: Hall, caller: Caller, code: number, reason: string): void {
  const { socket } = caller.peer;
  forget(hall, caller);
  socket.resume();
  socket.close(code, reason.slice(0, 100));
  endSoon(socket);
}

function forget({ callers, byDevice }: Hall, caller: Caller): void {
  const { deviceId, peer } = caller;
  if (!callers.delete(caller)) {
    return;
  }
  caller.waiting.length = 0;
  peer.unwatch();
  peer.guest.release();
  if (deviceId !== undefined && byDevice.get(deviceId) === caller) {
    byDevice.delete(deviceId);
  }
}
