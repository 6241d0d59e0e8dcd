import type { ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { RelayAddress } from '../base/relay-address.ts';
import { pinOf } from '../crypto/certificate-pin.ts';
import { maximumFrameBytes } from '../sync/wire/limits.ts';

const handshakeTimeoutMs = 10_000;
const identityFault = 'RELAY_IDENTITY';

/** What TLS says of a certificate that no authority vouches for under this name. */
const certificateFaults: ReadonlySet<string> = new Set([
  identityFault,
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Opens a connection to a relay. With a pin the key of its certificate is compared before anything is sent, and who
 * signed the certificate does not matter; without one an authority must vouch for it.
 */
export function openRelaySocket({ url, pin }: RelayAddress): WebSocket {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: maximumFrameBytes,
    handshakeTimeout: handshakeTimeoutMs,
    ...(pin === null
      ? {}
      : {
          rejectUnauthorized: false,
          finishRequest: (request: ClientRequest) => {
            sendOnceIdentified(request, url, pin);
          },
        }),
  });
  socket.binaryType = 'nodebuffer';
  return socket;
}

/** True when a connection failed because the relay could not show that it is the one that was meant. */
export function isIdentityFault(cause: Error): boolean {
  return certificateFaults.has((cause as NodeJS.ErrnoException).code ?? '');
}

/** What the system says where no packet could leave, or no name could be asked for. */
const routeFaults: ReadonlySet<string> = new Set(['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EAI_AGAIN']);

/** True when a connection failed because this machine has no network to try it on. */
export function isRouteFault(cause: Error): boolean {
  const causes = cause instanceof AggregateError ? (cause.errors as readonly Error[]) : [cause];
  return causes.length > 0 && causes.every((one) => routeFaults.has((one as NodeJS.ErrnoException).code ?? ''));
}

/** The request waits, unsent, until the key was seen. */
function sendOnceIdentified(request: ClientRequest, url: string, pin: string): void {
  request.once('socket', (socket) => {
    socket.once('secureConnect', () => {
      const found = socket instanceof TLSSocket ? pinOfPeer(socket) : undefined;
      if (found === pin) {
        request.end();
      } else {
        const reason =
          `${url} shows the key ${found ?? 'of no certificate'}, expected is ${pin}. Either somebody else answers in ` +
          'its place, or it has a new key: ask its operator, and only then write the new pin into the configuration.';
        request.destroy(Object.assign(new Error(reason), { code: identityFault }));
      }
    });
  });
}

function pinOfPeer(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate && pinOf(certificate.publicKey.export({ type: 'spki', format: 'der' }));
}
