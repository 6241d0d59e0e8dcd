import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy before a relay that can let one byte a second through in each direction, of each connection. */
export interface SlowLink {
  readonly url: string;
  passTo(relayUrl: string): void;
  trickle(): void;
  /** What was held back goes on at once. */
  flow(): void;
  close(): Promise<void>;
}

const everyMs = 1000;

interface Way {
  readonly to: Socket;
  waiting: Buffer;
}

export async function openSlowLink(): Promise<SlowLink> {
  const ways = new Set<Way>();
  const sockets = new Set<Socket>();
  let target: URL | undefined;
  let timer: NodeJS.Timeout | undefined;

  function carry(from: Socket, to: Socket): void {
    const way: Way = { to, waiting: Buffer.alloc(0) };
    ways.add(way);
    sockets.add(from);
    from.on('data', (bytes: Buffer) => {
      if (timer === undefined) {
        to.write(bytes);
      } else {
        way.waiting = Buffer.concat([way.waiting, bytes]);
      }
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      to.destroy();
      ways.delete(way);
      sockets.delete(from);
    });
  }

  const server = createServer((near) => {
    const far = connect(Number(target?.port), target?.hostname);
    carry(near, far);
    carry(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passTo(relayUrl) {
      target = new URL(relayUrl);
    },
    trickle() {
      timer = setInterval(() => {
        for (const way of ways) {
          way.to.write(way.waiting.subarray(0, 1));
          way.waiting = way.waiting.subarray(1);
        }
      }, everyMs);
    },
    flow() {
      clearInterval(timer);
      timer = undefined;
      for (const way of ways) {
        way.to.write(way.waiting);
        way.waiting = Buffer.alloc(0);
      }
    },
    async close() {
      clearInterval(timer);
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
