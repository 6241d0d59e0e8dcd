import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** A WebSocket relay in front of the relay that keeps every byte that crosses it, unmasked. */
export interface WireTap {
  /** What devices dial. */
  readonly url: string;
  /** Where connections are passed on to. */
  passTo(relayUrl: string): void;
  readonly sizeBytes: number;
  contains(text: string): boolean;
  close(): void;
}

export async function openWireTap(): Promise<WireTap> {
  const seen: Buffer[] = [];
  let relayUrl = '';
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (near) => {
    const far = new WebSocket(relayUrl, { perMessageDeflate: false });
    const early: Buffer[] = [];
    near.on('message', (data: Buffer) => {
      seen.push(data);
      if (far.readyState === WebSocket.OPEN) {
        far.send(data);
      } else {
        early.push(data);
      }
    });
    far.on('open', () => {
      for (const data of early.splice(0)) {
        far.send(data);
      }
    });
    far.on('message', (data: Buffer) => {
      seen.push(data);
      near.send(data);
    });
    far.on('close', () => near.terminate());
    far.on('error', () => near.terminate());
    near.on('close', () => far.terminate());
    near.on('error', () => far.terminate());
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    passTo(url) {
      relayUrl = url;
    },
    get sizeBytes(): number {
      return seen.reduce((total, data) => total + data.length, 0);
    },
    contains: (text) => seen.some((data) => data.includes(text)),
    close() {
      for (const client of server.clients) {
        client.terminate();
      }
      http.close();
    },
  };
}
