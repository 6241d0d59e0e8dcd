import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { encodeMessage } from '../../src/sync/wire/codec.ts';
import { protocolVersion } from '../../src/sync/wire/messages.ts';

/** A relay that asks who is there, and answers nothing whatever it is told. */
export async function openSilentRelay(): Promise<{ readonly url: string; close(): void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send(encodeMessage({ type: 'challenge', version: protocolVersion, nonce: new Uint8Array(32).fill(7) }));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    close() {
      server.clients.forEach((socket) => socket.terminate());
      server.close();
    },
  };
}
