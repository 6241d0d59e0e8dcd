import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/base/bytes.ts';
import { bytesFromHashId } from '../../../src/base/ids.ts';
import { type Verdict, reasonText } from '../../../src/contract/verdict.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { createDeviceKeys } from '../../../src/crypto/keys.ts';
import type { Label } from '../../../src/crypto/labels.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { type BatchHeader, encodeHeader, joinBatch } from '../../../src/log/header.ts';
import { openBatch } from '../../../src/log/sealing.ts';
import { verifyBatch } from '../../../src/log/verify.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import {
  chainOf,
  createWorld,
  decoded,
  emptyChain,
  exampleRecords,
  fail,
  flipBit,
  memberOf,
  randomFrom,
  seal,
  sealChain,
  withMember,
  zeros,
} from './setup.ts';

const world = createWorld();
const { scope, alice, bob } = world;
const first = decoded(seal(world).bytes);

function say(verdict: Verdict): string {
  return 'reasonCode' in verdict ? `${verdict.verdict} ${reasonText(verdict)}` : verdict.verdict;
}

/** Another header over the same ciphertext, signed by `keys`. */
function resigned(change: Partial<BatchHeader>, keys = bob, label: Label = 'batch-sig'): Uint8Array {
  const headerBytes = encodeHeader({ ...first.header, ...change });
  const signature = sign(keys.sign.secretKey, label, hash('batch', headerBytes));
  return joinBatch(headerBytes, signature, first.ciphertext);
}

function judge(bytes: Uint8Array, state: ScopeState = scope): string {
  return say(verifyBatch(decoded(bytes), state, emptyChain));
}

describe('20 verifyBatch: authenticity', () => {
  it('accepts the first batch of a member', () => {
    expect(say(verifyBatch(first, scope, emptyChain))).toBe('accept');
  });

  it('§10.4 batch of another scope', () => {
    const other = createWorld('another').scope;
    expect(say(verifyBatch(first, { ...scope, scopeId: other.scopeId }, emptyChain))).toBe(
      'reject workspace_scope_mismatch/scope_foreign',
    );
  });

  it('§10.5 unknown device', () => {
    const stranger = createDeviceKeys(randomFrom('stranger'));
    expect(judge(seal(world, { deviceKeys: stranger }).bytes)).toBe('reject signature_invalid/device_unknown');
  });

  it('§10.5 a device before it was added', () => {
    const late = withMember(scope, bob.deviceId, { addedAt: 2 });
    const logHead = scope.heads[1] ?? fail('head');
    expect(judge(seal(world, { logSequence: 1, logHead }).bytes, late)).toBe('reject signature_invalid/device_unknown');
  });

  it('§10.7 signature with S+L', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const signature = first.signature.slice();
    const little = [...signature.slice(32)]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
    const raised = (BigInt(`0x${little}`) + order).toString(16).padStart(64, '0');
    signature.set(Buffer.from(raised, 'hex').reverse(), 32);
    const bytes = joinBatch(first.headerBytes, signature, first.ciphertext);
    expect(judge(bytes)).toBe('reject signature_invalid/signature');
  });

  it('§10.9 a ciphertext of another device, signed again, does not open', () => {
    const stolen = decoded(resigned({ deviceId: alice.deviceId }, alice));
    expect(say(verifyBatch(stolen, scope, emptyChain))).toBe('accept');
    const opened = openBatch(stolen, world.epochKey);
    expect(opened.ok ? 'opened' : say(opened.error)).toBe('reject signature_invalid/aead');
  });

  it('§10.31 a signature made for another purpose', () => {
    expect(judge(resigned({}, bob, 'batch-sig'))).toBe('accept');
    for (const label of ['scope-entry-sig', 'challenge-sig', 'pair-sig', 'audit-checkpoint-sig'] as const) {
      expect(judge(resigned({}, bob, label))).toBe('reject signature_invalid/signature');
    }
  });

  it('§10.24 a suite below the minimum of the scope', () => {
    expect(judge(first.bytes, { ...scope, suite: 2 })).toBe('reject policy_denied/suite_lowered');
  });

  it('5 a signed header over another ciphertext', () => {
    const bytes = concat([first.headerBytes, first.signature, flipBit(first.ciphertext, 70)]);
    expect(judge(bytes)).toBe('reject signature_invalid/hash_mismatch');
  });
});

describe('verifyBatch: membership', () => {
  const chain = sealChain(world, 3);
  const [one = fail('one'), two = fail('two'), three = fail('three')] = chain;
  const cutAtTwo = withMember(scope, bob.deviceId, { revoked: { at: 3, cut: { sequence: 2, batchId: two.batchId } } });

  it('22 §10.15 a revoked device past its cut, backdated', () => {
    expect(say(verifyBatch(three, cutAtTwo, chainOf([one, two])))).toBe('reject capability_expired/device_revoked');
  });

  it('§10.15 a revoked device up to its cut', () => {
    expect(say(verifyBatch(two, cutAtTwo, chainOf([one])))).toBe('accept');
    expect(say(verifyBatch(one, cutAtTwo, emptyChain))).toBe('accept');
  });

  it('22 §10.15 another batch at the cut', () => {
    const other = decoded(
      seal(world, { sequence: 2, previous: bytesFromHashId(one.batchId), random: randomFrom('other')(32) }).bytes,
    );
    expect(say(verifyBatch(other, cutAtTwo, chainOf([one])))).toBe('reject capability_expired/past_cut');
  });

  it('§10.15 a batch that knows of the revocation', () => {
    const revokedAtTwo = withMember(scope, bob.deviceId, { revoked: { at: 2, cut: { sequence: 5, batchId: null } } });
    expect(say(verifyBatch(one, revokedAtTwo, emptyChain))).toBe('reject capability_expired/device_revoked');
  });

  it('23 §10.23 a reader may only show signs of life', () => {
    const reader = { ...scope, members: new Map([[bob.deviceId, memberOf(bob, 'reader', 1)]]) };
    const records = exampleRecords(0);
    expect(judge(seal(world).bytes, reader)).toBe('reject policy_denied/role_insufficient');
    expect(judge(seal(world, { kind: 'snapshot' }).bytes, reader)).toBe('reject policy_denied/role_insufficient');
    expect(judge(seal(world, { kind: 'heartbeat', records }).bytes, reader)).toBe('accept');
  });
});

describe('verifyBatch: log and epoch', () => {
  it('21 §10.16 header ahead of the log', () => {
    expect(judge(resigned({ logSequence: 3 }))).toBe('hold relay_untrusted/log_behind');
    const stranger = createDeviceKeys(randomFrom('new member'));
    expect(judge(seal(world, { deviceKeys: stranger, logSequence: 3 }).bytes)).toBe('hold relay_untrusted/log_behind');
  });

  it('§10.17 header from a forked log', () => {
    expect(judge(resigned({ logHead: zeros }))).toBe('quarantine relay_untrusted/log_fork');
  });

  it('26 §10.18 a batch behind the log position of the one before', () => {
    const second = decoded(
      seal(world, {
        sequence: 2,
        previous: bytesFromHashId(first.batchId),
        logSequence: 1,
        logHead: scope.heads[1] ?? fail('head'),
      }).bytes,
    );
    expect(say(verifyBatch(second, scope, chainOf([first])))).toBe('reject relay_untrusted/log_rollback');
  });

  it('24 §10.25 epoch skipped or not in force', () => {
    const rotated = { ...scope, epochs: [...scope.epochs, { epoch: 2, commitment: zeros, since: 2 }] };
    expect(judge(resigned({ epoch: 2 }))).toBe('reject signature_invalid/epoch_skipped');
    expect(judge(first.bytes, rotated)).toBe('reject signature_invalid/epoch_not_in_force');
    expect(judge(resigned({ epoch: 2 }), rotated)).toBe('accept');
    expect(judge(resigned({ epoch: 2, logSequence: 1, logHead: scope.heads[1] ?? fail('head') }), rotated)).toBe(
      'reject signature_invalid/epoch_skipped',
    );
  });
});

describe('verifyBatch: chain', () => {
  const chain = sealChain(world, 4);
  const [one = fail('one'), two = fail('two'), three = fail('three'), four = fail('four')] = chain;

  it('accepts a chain in order', () => {
    for (const [index, batch] of chain.entries()) {
      const view = index === 0 ? emptyChain : chainOf(chain.slice(0, index));
      expect(say(verifyBatch(batch, scope, view))).toBe('accept');
    }
  });

  it('25 §10.12 a replay is a duplicate', () => {
    const view = chainOf(chain);
    expect(chain.map((batch) => say(verifyBatch(batch, scope, view)))).toEqual(Array(4).fill('duplicate'));
    expect(say(verifyBatch(one, scope, { ...view, idAt: () => undefined }))).toBe('duplicate');
  });

  it('25 §10.13 same sequence, other content', () => {
    const random = randomFrom('other')(32);
    const otherTwo = decoded(seal(world, { sequence: 2, previous: bytesFromHashId(one.batchId), random }).bytes);
    const afterOther = decoded(seal(world, { sequence: 3, previous: bytesFromHashId(otherTwo.batchId), random }).bytes);
    const expected = 'reject signature_invalid/device_equivocation';
    expect(say(verifyBatch(otherTwo, scope, chainOf([one, two])))).toBe(expected);
    expect(say(verifyBatch(otherTwo, scope, chainOf([one, two, three])))).toBe(expected);
    expect(say(verifyBatch(afterOther, scope, chainOf([one, two])))).toBe(expected);
  });

  it('27 §10.14 a gap is held', () => {
    expect(say(verifyBatch(three, scope, chainOf([one])))).toBe('hold relay_untrusted/gap');
    expect(say(verifyBatch(four, scope, emptyChain))).toBe('hold relay_untrusted/gap');
  });

  it('26 a first batch that names one before it', () => {
    expect(judge(resigned({ previous: bytesFromHashId(two.batchId) }))).toBe('reject signature_invalid/sequence');
  });
});
