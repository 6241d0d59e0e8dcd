import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Result, err, ok } from '../base/result.ts';
import { pinOf } from '../crypto/certificate-pin.ts';

/** PEM files; the certificate's may hold the chain behind it. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of the certificate's key, for devices that pin it. */
  readonly pin: string;
  /** DNS names that it is good for, those with a wildcard left out. */
  readonly names: readonly string[];
}

/** A certificate that is read again when its files change, so that a renewed one needs no restart. */
export interface CertificateKeeper {
  readonly current: Certificate;
  /** Looks at the files: a new certificate; undefined when there is none, or none that can be used. */
  look(): Certificate | undefined;
}

export function openCertificate(
  files: CertificateFiles,
  warn: (message: string) => void,
): Result<CertificateKeeper, string> {
  let stamp = stampOf(files);
  const first = readCertificate(files);
  if (!first.ok) {
    return first;
  }
  let current = first.value;
  return ok({
    get current(): Certificate {
      return current;
    },
    look() {
      const now = stampOf(files);
      if (now === stamp) {
        return undefined;
      }
      stamp = now;
      const next = readCertificate(files);
      if (!next.ok) {
        // A certificate and its key are replaced one after the other: the second change is looked at again.
        warn(`the certificate stays as it was: ${next.error}`);
        return undefined;
      }
      if (next.value.pin !== current.pin) {
        warn(`the new certificate has another key: devices that pin ${current.pin} must now pin ${next.value.pin}`);
      }
      current = next.value;
      return current;
    },
  });
}

function readCertificate({ certFile, keyFile }: CertificateFiles): Result<Certificate, string> {
  let cert: Buffer;
  let key: Buffer;
  try {
    cert = readFileSync(certFile);
    key = readFileSync(keyFile);
  } catch (cause) {
    return err(`the certificate cannot be read: ${(cause as Error).message}`);
  }
  try {
    const parsed = new X509Certificate(cert);
    // Throws unless the key is the certificate's.
    createSecureContext({ cert, key });
    const pin = pinOf(parsed.publicKey.export({ type: 'spki', format: 'der' }));
    return ok({ cert, key, pin, names: namesOf(parsed) });
  } catch (cause) {
    return err(`${certFile} and ${keyFile} are no certificate and its key in PEM: ${(cause as Error).message}`);
  }
}

function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return [...(subjectAltName ?? '').matchAll(/DNS:([a-zA-Z0-9.-]+)(?=,|$)/g)].map(([, name]) => name as string);
}

/** Changes when either file does; a file that is gone counts as unchanged until there is one again. */
function stampOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`))
    .join();
}
