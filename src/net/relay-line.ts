import { WebSocket } from 'ws';
import type { RelayAddress } from '../base/relay-address.ts';
import { decodeRelayMessage, encodeMessage } from '../sync/wire/codec.ts';
import type { DeviceMessage } from '../sync/wire/messages.ts';
import type { SessionEvent } from '../sync/ground/session.ts';
import { isIdentityFault, isRouteFault, openRelaySocket } from './open-socket.ts';

const closingTimeoutMs = 1000;

/** The connections to a relay, one after the other: of one that was dropped nothing is heard any more. */
export interface RelayLine {
  /** Instead of whatever was planned before. */
  connectAfter(delayMs: number): void;
  /** To whoever is connected; nobody is not told. */
  send(message: DeviceMessage): void;
  drop(): void;
  /** No connection follows. */
  end(): Promise<void>;
}

/** What a connection is told to. */
export interface LineEar {
  /** It stands. A reason when it must not. */
  opened(): string | undefined;
  hear(event: SessionEvent): void;
}

export function createRelayLine(address: RelayAddress, ear: LineEar): RelayLine {
  let socket: WebSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;

  function connect(): void {
    if (isEnded) {
      return;
    }
    drop();
    const opened = openRelaySocket(address);
    socket = opened;
    listen(opened, {
      opened: () => (socket === opened ? ear.opened() : undefined),
      hear(event) {
        if (socket === opened) {
          socket = event.type === 'disconnected' ? undefined : socket;
          ear.hear(event);
        }
      },
    });
  }

  function drop(): void {
    const dropped = socket;
    socket = undefined;
    dropped?.terminate();
  }

  return {
    drop,
    connectAfter(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(connect, delayMs);
    },
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) {
        socket.send(encodeMessage(message));
      }
    },
    async end() {
      isEnded = true;
      clearTimeout(timer);
      const closing = socket;
      socket = undefined;
      if (closing !== undefined) {
        await closed(closing);
      }
    },
  };
}

/** Tells what a socket brings, as events of a session. */
function listen(socket: WebSocket, ear: LineEar): void {
  let reason: string | undefined;
  let untrusted = false;
  let noRoute = false;
  socket.on('open', () => {
    const fault = ear.opened();
    if (fault !== undefined) {
      reason = fault;
      socket.terminate();
    }
  });
  socket.on('message', (data: Buffer, isBinary) => {
    const decoded = isBinary ? decodeRelayMessage(data) : undefined;
    ear.hear(
      decoded?.ok === true
        ? { type: 'message', message: decoded.value }
        : { type: 'bad_frame', reason: decoded?.error.message ?? 'a text frame' },
    );
  });
  socket.on('error', (cause) => {
    reason = cause.message;
    untrusted = isIdentityFault(cause);
    noRoute = isRouteFault(cause);
  });
  socket.on('close', (_, word) => {
    reason ??= word.length > 0 ? `the relay ended the connection: ${word.toString()}` : 'the connection was closed';
    ear.hear({ type: 'disconnected', reason, untrusted, noRoute });
  });
}

/** Closes in the manner of the protocol, and cuts a relay that does not answer to it. */
async function closed(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    const impatience = setTimeout(() => {
      socket.terminate();
    }, closingTimeoutMs);
    socket.once('close', () => {
      clearTimeout(impatience);
      resolve();
    });
    socket.close();
  });
}
