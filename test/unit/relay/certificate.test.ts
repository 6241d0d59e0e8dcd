import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { isPin } from '../../../src/base/relay-address.ts';
import { type CertificateKeeper, openCertificate } from '../../../src/relay/certificate.ts';
import { hasOpenssl, makeCertificate } from '../../helpers/certificate.ts';
import { temporaryFolder } from '../daemon/temporary-folder.ts';

describe.skipIf(!hasOpenssl)('certificate of a relay (skipped without openssl)', () => {
  function open(folder: string): { keeper: CertificateKeeper; warnings: string[] } {
    const files = makeCertificate(folder, 'relay');
    const warnings: string[] = [];
    const opened = openCertificate(files, (message) => warnings.push(message));
    assert(opened.ok, 'the certificate opens');
    return { keeper: opened.value, warnings };
  }

  it('has a pin, and names without a wildcard', () => {
    const { keeper } = open(temporaryFolder());
    expect(isPin(keeper.current.pin)).toBe(true);
    expect(keeper.current.names).toEqual(['localhost']);
    expect(keeper.look()).toBeUndefined();
  });

  it('is read again when its file changes; the same key keeps its pin', () => {
    const folder = temporaryFolder();
    const { keeper, warnings } = open(folder);
    const { pin, cert } = keeper.current;
    const [certFile, keyFile] = [join(folder, 'relay.crt'), join(folder, 'relay.key')];
    copyFileSync(makeCertificate(folder, 'renewed', { certFile, keyFile }).certFile, certFile);
    const renewed = keeper.look();
    expect(renewed).toMatchObject({ pin });
    expect(renewed?.cert.equals(cert)).toBe(false);
    expect([keeper.current, keeper.look(), warnings]).toEqual([renewed, undefined, []]);
  });

  it('stays while only half of it was replaced, and says when the key is another', () => {
    const folder = temporaryFolder();
    const { keeper, warnings } = open(folder);
    const before = keeper.current;
    const other = makeCertificate(folder, 'other');
    copyFileSync(other.certFile, join(folder, 'relay.crt'));
    expect(keeper.look()).toBeUndefined();
    expect([keeper.current, warnings]).toEqual([before, [expect.stringContaining('stays as it was')]]);
    copyFileSync(other.keyFile, join(folder, 'relay.key'));
    const next = keeper.look();
    expect(next?.pin).not.toBe(before.pin);
    expect(warnings[1]).toContain(`must now pin ${next?.pin}`);
    rmSync(join(folder, 'relay.crt'));
    expect(keeper.look()).toBeUndefined();
    expect(keeper.current).toBe(next);
  });

  it('that is absent, no PEM, or not of that key is a fault in words', () => {
    const folder = temporaryFolder();
    const files = makeCertificate(folder, 'relay');
    const other = makeCertificate(folder, 'other');
    writeFileSync(join(folder, 'text'), 'text');
    const messageOf = (certFile: string, keyFile: string): string | undefined => {
      const opened = openCertificate({ certFile, keyFile }, () => undefined);
      return opened.ok ? undefined : opened.error;
    };
    expect(messageOf('/nonexistent', files.keyFile)).toContain('cannot be read');
    expect(messageOf(join(folder, 'text'), files.keyFile)).toContain('no certificate and its key');
    expect(messageOf(files.certFile, other.keyFile)).toContain('no certificate and its key');
  });
});
