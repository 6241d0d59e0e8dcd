import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** Passes the bytes of TCP connections on to a relay, unchanged, and counts them. */
export interface WireMeter {
  readonly url: string;
  /** Both directions, all connections. */
  readonly sizeBytes: number;
  /** Where to pass them on to: the relay is told of this meter's address before it starts. */
  passTo(relayUrl: string): void;
  close(): Promise<void>;
}

export async function openWireMeter(): Promise<WireMeter> {
  let target = { host: '', port: 0 };
  const sockets = new Set<Socket>();
  let sizeBytes = 0;
  const server = createServer((near) => {
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        sizeBytes += chunk.length;
      });
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get sizeBytes(): number {
      return sizeBytes;
    },
    passTo(relayUrl) {
      const { hostname, port } = new URL(relayUrl);
      target = { host: hostname, port: Number(port) };
    },
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
