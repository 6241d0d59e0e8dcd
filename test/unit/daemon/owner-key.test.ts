import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownerKey, ownerPublicKey } from '../../../src/daemon/keys/owner-key.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the key of the person’s own client', () => {
  it('18 is made when it is first asked for, and stays: mode 0600, alone in its folder', () => {
    const folder = join(temporaryFolder(), 'keys');
    const first = ownerKey(folder);
    expect(first.ok && first.value.publicKey.length).toBe(32);
    expect(ownerKey(folder)).toEqual(first);
    expect(ownerPublicKey(folder)).toEqual(first.ok && first.value.publicKey);
    expect(readdirSync(folder)).toEqual(['owner-client.json']);
    expect(statSync(join(folder, 'owner-client.json')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['exposed', (path: string) => chmodSync(path, 0o644), 'chmod go='],
    ['no JSON', (path: string) => writeFileSync(path, '{'), 'damaged'],
    ['of another version', (path: string) => writeFileSync(path, '{"version":2,"seed":"AAAA"}'), 'damaged'],
    ['too short', (path: string) => writeFileSync(path, '{"version":1,"seed":"AAAA"}'), 'damaged'],
  ])('18 that is %s is not used, and is left as it is', (_name, spoil, words) => {
    const folder = temporaryFolder();
    ownerKey(folder);
    const path = join(folder, 'owner-client.json');
    spoil(path);
    const before = readFileSync(path, 'utf8');
    expect(ownerKey(folder)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
    expect(ownerPublicKey(folder)).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('in a folder that cannot be read says so', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(ownerKey(file)).toMatchObject({ ok: false, error: expect.stringContaining('cannot be read') });
  });
});
