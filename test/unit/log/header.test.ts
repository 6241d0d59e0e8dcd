import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/base/bytes.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import {
  decodeBatch,
  encodeHeader,
  headerSizeBytes,
  maximumBatchBytes,
  signedPrefixSizeBytes,
} from '../../../src/log/header.ts';
import { createWorld, decoded, fail, seal } from './setup.ts';

const world = createWorld();
const bytes = seal(world).bytes;

function reasonOf(changed: Uint8Array): string {
  const batch = decodeBatch(changed);
  return batch.ok ? 'ok' : `${batch.error.verdict} ${reasonText(batch.error)}`;
}

function patched(patch: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  patch(copy);
  return copy;
}

describe('header', () => {
  it('2 gives back what was encoded', () => {
    const batch = decoded(bytes);
    expect(encodeHeader(batch.header)).toEqual(bytes.slice(0, headerSizeBytes));
    expect(batch.header).toMatchObject({ suite: 1, kind: 'changes', sequence: 1, epoch: 1, logSequence: 2 });
    expect(batch.header.scopeId).toBe(world.scope.scopeId);
    expect(batch.header.deviceId).toBe(world.bob.deviceId);
    expect(batch.ciphertext.length).toBe(batch.header.ciphertextLength);
    expect(batch.bytes.length).toBe(signedPrefixSizeBytes + batch.ciphertext.length);
  });

  it('carries the largest safe sequence, and nothing above it', () => {
    const { header } = decoded(bytes);
    const largest = encodeHeader({ ...header, sequence: Number.MAX_SAFE_INTEGER });
    expect(decoded(patched((copy) => copy.set(largest))).header.sequence).toBe(Number.MAX_SAFE_INTEGER);
    expect(reasonOf(patched((copy) => viewOf(copy).setBigUint64(72, 2n ** 53n)))).toBe(
      'reject schema_unknown/sequence',
    );
    expect(() => encodeHeader({ ...header, sequence: 0 })).toThrow('believed');
    expect(() => encodeHeader({ ...header, previous: new Uint8Array(31) })).toThrow('believed');
  });

  it.each([
    ['§10.1 no bytes', new Uint8Array(), 'reject schema_unknown/header_length'],
    ['§10.1 bad magic', patched((copy) => copy.set([0x58], 0)), 'reject schema_unknown/bad_magic'],
    ['§10.1 truncated header', bytes.slice(0, 251), 'reject schema_unknown/header_length'],
    ['§10.1 truncated signature', bytes.slice(0, 315), 'reject schema_unknown/header_length'],
    ['§10.2 suite of the future', patched((copy) => copy.set([2], 4)), 'quarantine migration_required/suite_unknown'],
    ['§10.2 suite 0', patched((copy) => copy.set([0], 4)), 'quarantine migration_required/suite_unknown'],
    ['§10.3 unknown flag', patched((copy) => copy.set([128], 5)), 'quarantine migration_required/flag_unknown'],
    ['§10.3 unknown kind', patched((copy) => copy.set([3], 6)), 'quarantine migration_required/flag_unknown'],
    ['§10.3 reserved byte set', patched((copy) => copy.set([1], 7)), 'quarantine migration_required/flag_unknown'],
    ['§10.6 truncated ciphertext', bytes.slice(0, -1), 'reject signature_invalid/hash_mismatch'],
    ['§10.6 bytes behind the ciphertext', new Uint8Array([...bytes, 0]), 'reject signature_invalid/hash_mismatch'],
    ['sequence 0', patched((copy) => copy.fill(0, 72, 80)), 'reject schema_unknown/sequence'],
    ['epoch 0', patched((copy) => copy.fill(0, 148, 152)), 'reject schema_unknown/sequence'],
  ])('3, 4, 6 %s', (_name, changed, reason) => {
    expect(reasonOf(changed)).toBe(reason);
  });

  it('1 refuses more than 1.5 MiB before reading on', () => {
    const large = new Uint8Array(maximumBatchBytes + 1);
    large.set(bytes);
    expect(reasonOf(large)).toBe('reject schema_unknown/too_large');
  });

  it('answers in words for people', () => {
    const batch = decodeBatch(new Uint8Array());
    expect(batch.ok ? fail('accepted') : batch.error.message).toContain('Fetch it again');
  });
});
