import { WebSocket } from 'ws';
import { maximumUpdateBytes } from '../../merge/crdt/crdt-update.ts';
import { deniedMessage } from '../ports/messages.ts';

/** An editor that does not read what it asked for is let go beyond this. */
const bufferedLimitBytes = 16 * 1024 * 1024;
/** What waits to be written; beyond either the socket is not read. */
const waitingLimitBytes = 512 * 1024;
const waitingLimit = 2000;
/** Updates that are written at once: merging them shall not keep others waiting. */
const maximumTaken = 1000;
const closingTimeoutMs = 1000;
/** A close frame has room for this much of a reason. */
const longestReasonBytes = 120;

/** Why a connection ends. From 4000 on: the status that the same thing has over HTTP, behind a 4. */
export const closeCodes = {
  stopping: 1001,
  textFrame: 1003,
  failed: 1011,
  malformed: 4400,
  tokenEnded: 4401,
  denied: 4403,
  removed: 4404,
  slow: 4408,
  /** The editor built on what is not here (yet): connecting again brings both sides together. */
  askAgain: 4409,
  refused: 4422,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];

/** The socket of one editor, and the edits of it that wait to be written. */
export interface Editor {
  send(message: Uint8Array): void;
  /** Says why where a provider shows it, then ends the connection. What waits is forgotten. */
  close(code: CloseCode, reason: string): void;
  put(update: Uint8Array): void;
  /** Takes as many waiting updates, in order, as fit one update; at least one where there is one. */
  takeWaiting(): readonly Uint8Array[];
  readonly hasWaiting: boolean;
  /** Whether it has answered what the daemon asked: edits made before that may build on ones that are still to come. */
  isAnswered: boolean;
  /** Asks for a sign of life; ends a connection that gave none since it was last asked. */
  probe(): void;
}

const denials: ReadonlySet<CloseCode> = new Set([closeCodes.tokenEnded, closeCodes.denied, closeCodes.refused]);

export function createEditor(socket: WebSocket): Editor {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });

  const isFull = (): boolean => waitingBytes > waitingLimitBytes || waiting.length > waitingLimit;

  const send = (message: Uint8Array): void => {
    if (socket.readyState !== WebSocket.OPEN) {
      return;
    }
    if (socket.bufferedAmount + message.length > bufferedLimitBytes) {
      close(closeCodes.slow, 'The editor does not read what is sent to it. Connect again.');
      return;
    }
    socket.send(message);
  };

  const close = (code: CloseCode, reason: string): void => {
    waiting = [];
    waitingBytes = 0;
    if (socket.readyState !== WebSocket.OPEN) {
      return;
    }
    if (denials.has(code)) {
      socket.send(deniedMessage(reason));
    }
    // A paused socket would never hear the answer to its close frame.
    socket.resume();
    socket.close(code, shortened(reason));
    setTimeout(() => {
      socket.terminate();
    }, closingTimeoutMs).unref();
  };

  return {
    ...{ send, close, isAnswered: false },
    put(update) {
      waiting.push(update);
      waitingBytes += update.length;
      if (isFull()) {
        socket.pause();
      }
    },
    takeWaiting() {
      let taken = 0;
      let takenBytes = 0;
      for (const { length } of waiting) {
        if (taken > 0 && (taken >= maximumTaken || takenBytes + length > maximumUpdateBytes)) {
          break;
        }
        taken++;
        takenBytes += length;
      }
      const updates = waiting.slice(0, taken);
      waiting = waiting.slice(taken);
      waitingBytes -= takenBytes;
      if (socket.isPaused && !isFull()) {
        socket.resume();
      }
      return updates;
    },
    get hasWaiting() {
      return waiting.length > 0;
    },
    probe() {
      if (isAlive) {
        isAlive = false;
        socket.ping();
      } else {
        socket.terminate();
      }
    },
  };
}

function shortened(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > longestReasonBytes) {
    text = text.slice(0, -1);
  }
  return text.toWellFormed();
}
