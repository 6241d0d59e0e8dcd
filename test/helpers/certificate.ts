import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/relay/certificate.ts';

/** False where there is no openssl to make certificates with: tests of TLS are skipped there, and say so. */
export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;

/** A self-signed certificate for localhost and 127.0.0.1; with `of` a renewed one of the same key. */
export function makeCertificate(folder: string, name: string, of?: CertificateFiles): CertificateFiles {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), of?.keyFile ?? join(folder, `${name}.key`)];
  const key =
    of === undefined
      ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
      : ['-new', '-key', keyFile];
  const names = ['-subj', '/CN=relay', '-addext', 'subjectAltName=DNS:localhost,DNS:*.relay.test,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', certFile, '-days', '2', ...names], { stdio: 'ignore' });
  return { certFile, keyFile };
}
