import { type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as NetServer } from 'node:net';
import { type Result, err, ok } from '../base/result.ts';
import type { ListenAddress } from './addresses.ts';
import type { Certificate } from './certificate.ts';

export interface ListenFault {
  readonly kind: 'port_in_use' | 'address';
  readonly message: string;
}

/** A server that is not bound yet. */
export interface HttpServer {
  readonly server: Server;
  /** Later connections are shown this one. */
  renew(certificate: Certificate): void;
}

export interface Listening {
  /** With the port that was bound. */
  readonly address: ListenAddress;
  close(): Promise<void>;
}

const limits = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 };
const closingGraceMs = 1500;
/** Connections that the system keeps until they are accepted; it may keep fewer. */
const backlog = 4096;

/** With a certificate it speaks TLS 1.3. */
export function createHttpServer(certificate?: Certificate): HttpServer {
  const secure = certificate && createTlsServer({ ...limits, ...secretsOf(certificate) });
  return {
    server: secure ?? createServer(limits),
    renew: (next) => secure?.setSecureContext(secretsOf(next)),
  };
}

/** Binds an address; port 0 takes a free one. `cut` ends the connections that are left a while after it was closed. */
export async function listen(
  listener: NetServer,
  { host, port }: ListenAddress,
  cut: () => void,
): Promise<Result<Listening, ListenFault>> {
  return new Promise((resolve) => {
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      const message = isTaken
        ? `${host}:${port} is in use by another program, perhaps another relay: stop it or choose another port`
        : `the relay cannot listen on ${host}:${port}: ${cause.message}`;
      resolve(err({ kind: isTaken ? 'port_in_use' : 'address', message }));
    });
    listener.listen({ port, host, backlog }, () => {
      const bound = listener.address();
      const address = { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
      resolve(ok({ address, close: async () => close(listener, cut) }));
    });
  });
}

function secretsOf({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.3', handshakeTimeout: 10_000 } as const;
}

async function close(listener: NetServer, cut: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  const impatience = setTimeout(cut, closingGraceMs);
  await closed;
  clearTimeout(impatience);
}
