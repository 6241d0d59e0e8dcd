import { type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Result, err, ok } from '../base/result.ts';
import type { ListenAddress } from './addresses.ts';
import type { Certificate } from './certificate.ts';

export interface ListenFault {
  readonly kind: 'port_in_use' | 'address';
  readonly message: string;
}

export interface Listening {
  readonly server: Server;
  /** With the port that was bound. */
  readonly address: ListenAddress;
  /** Later connections are shown this one. */
  renew(certificate: Certificate): void;
  close(): Promise<void>;
}

const limits = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 };
const closingGraceMs = 1500;

/** Binds an address; with a certificate it speaks TLS 1.3. Port 0 takes a free one. */
export async function listen(
  { host, port }: ListenAddress,
  certificate?: Certificate,
): Promise<Result<Listening, ListenFault>> {
  const secure = certificate && createTlsServer({ ...limits, ...secretsOf(certificate) });
  const server = secure ?? createServer(limits);
  return new Promise((resolve) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      const message = isTaken
        ? `${host}:${port} is in use by another program, perhaps another relay: stop it or choose another port`
        : `the relay cannot listen on ${host}:${port}: ${cause.message}`;
      resolve(err({ kind: isTaken ? 'port_in_use' : 'address', message }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      const address = { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
      const renew = (next: Certificate): void => secure?.setSecureContext(secretsOf(next));
      resolve(ok({ server, address, renew, close: async () => close(server) }));
    });
  });
}

function secretsOf({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.3', handshakeTimeout: 10_000 } as const;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), closingGraceMs);
  await closed;
  clearTimeout(impatience);
}
