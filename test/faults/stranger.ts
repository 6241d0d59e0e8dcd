import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { scopeIdFromBytes } from '../../src/base/ids.ts';
import { encodeMessage } from '../../src/sync/wire/codec.ts';

/** Somebody whom a relay does not know, on a connection of its own from one of the addresses of this machine. */
export type Stranger = (dial: () => Socket) => void;

const declaredBytes = 5 * 1024 * 1024;
const everyMs = 1000;

const handshake = [
  'GET / HTTP/1.1',
  'host: relay',
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
].join('\r\n');

/** A port, and 250 addresses in turn from which it is dialled. */
export function dialler(relayUrl: string): { dial(): Socket; close(): void } {
  const sockets = new Set<Socket>();
  let count = 0;
  return {
    dial() {
      const localAddress = `127.0.0.${2 + (count++ % 250)}`;
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(relayUrl).port), localAddress });
      socket.on('error', () => undefined);
      // What is not read does not tell that the other side ended it.
      socket.resume();
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      return socket;
    },
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}

export const silent: Stranger = (dial) => {
  open(dial()).catch(() => undefined);
};

/** Says that a message of 5 MiB comes, and sends this much of it. */
export function halfFrame(sentBytes: number): Stranger {
  return (dial) => {
    open(dial()).then(
      (socket) => socket.write(Buffer.concat([frameHead(declaredBytes), Buffer.alloc(sentBytes)])),
      () => undefined,
    );
  };
}

export const byteByByte: Stranger = (dial) => {
  const socket = dial();
  const text = Buffer.from(handshake);
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(text.subarray(sent, ++sent));
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
};

export const wrongProtocol: Stranger = (dial) => {
  dial().write(Buffer.concat([Buffer.from('EHLO relay\r\nSSH-2.0-nobody\r\n'), randomBytes(2000)]));
};

/** A device's first question about a scope, from who has not said who it is. */
export const helloWithoutProof: Stranger = (dial) => {
  const scopeId = scopeIdFromBytes(randomBytes(32));
  const hello = encodeMessage({ type: 'hello', scopeId, frontier: {}, logSequence: -1 });
  open(dial()).then(
    (socket) => socket.write(Buffer.concat([frameHead(hello.length), hello])),
    () => undefined,
  );
};

export const comesAndGoes: Stranger = (dial) => {
  const socket = dial();
  socket.once('connect', () => socket.destroy());
};

/** Of a binary frame whose mask changes nothing. */
function frameHead(sizeBytes: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt8(0x82, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(sizeBytes), 2);
  return head;
}

async function open(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('data', () => resolve(socket));
    socket.once('close', () => reject(new Error('it was turned away')));
    socket.write(`${handshake}\r\n\r\n`);
  });
}
