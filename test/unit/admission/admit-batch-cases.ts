import type { BatchView } from '../../../src/admission/admit-batch.ts';
import type { BatchStep } from '../../../src/admission/steps.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { Refusal } from '../../../src/contract/verdict.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { encodeBody } from '../../../src/log/body.ts';
import { batchKeyOf } from '../../../src/log/sealing.ts';
import { sealAead } from '../../../src/crypto/seal.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import {
  alice,
  append,
  bob,
  change,
  createScope,
  decoded,
  epochKey,
  filled,
  forge,
  metaBytes,
  seal,
  sealNext,
  stranger,
  view,
} from './world.ts';

export const scope = createScope();

export const first = seal(scope);

export function flipped(bytes: Uint8Array, offset: number, bit = 1): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] as number) ^ bit;
  return copy;
}

/** Body bytes sealed as the device would, under a header that it signs: what no honest sealing produces. */
function sealBody(body: Uint8Array): Uint8Array {
  const batch = decoded(seal(scope).bytes);
  const { scopeId, deviceId, sequence, salt } = batch.header;
  const key = batchKeyOf(epochKey, scopeId, deviceId, sequence, salt);
  const aad = batch.headerBytes.subarray(0, 184);
  return forge(batch.bytes, { ciphertext: sealAead(key, salt.subarray(0, 24), aad, body) });
}

const honestBody = encodeBody([metaBytes, encodeChange(change())]);

export const revoked = append(
  scope,
  createRevoke({
    state: scope,
    signer: alice,
    subject: bob.deviceId,
    cut: { sequence: 1, batchId: first.batchId },
    epochKey,
    newEpochKey: filled(201),
  }),
);

const elsewhere = createScope('profile', 'writer', 91);

export const readerScope = createScope('profile', 'reader');

const movedS = (() => {
  // S + L: the same point equation, another encoding.
  const order = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');
  const bytes = first.bytes.slice();
  let carry = 0;
  for (let index = 0; index < 32; index++) {
    const sum = (bytes[284 + index] as number) + (order[index] as number) + carry;
    bytes[284 + index] = sum & 255;
    carry = sum >> 8;
  }
  return bytes;
})();

interface Case {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly view?: BatchView;
  readonly verdict: Refusal['verdict'];
  readonly reason: string;
  readonly step: BatchStep;
  readonly chainAdvances?: true;
}

export const refusals: readonly Case[] = [
  {
    title: '§10.1 bad magic',
    bytes: flipped(first.bytes, 0),
    verdict: 'reject',
    reason: 'schema_unknown/bad_magic',
    step: 'structure',
  },
  {
    title: '§10.1 truncated header',
    bytes: first.bytes.slice(0, 200),
    verdict: 'reject',
    reason: 'schema_unknown/header_length',
    step: 'structure',
  },
  {
    title: '§10.1 nothing at all',
    bytes: new Uint8Array(),
    verdict: 'reject',
    reason: 'schema_unknown/header_length',
    step: 'structure',
  },
  {
    title: '§10.2 unknown suite',
    bytes: flipped(first.bytes, 4, 6),
    verdict: 'quarantine',
    reason: 'migration_required/suite_unknown',
    step: 'suite',
  },
  {
    title: '§10.3 unknown header flag',
    bytes: flipped(first.bytes, 5, 64),
    verdict: 'quarantine',
    reason: 'migration_required/flag_unknown',
    step: 'suite',
  },
  {
    title: '§10.4 batch of another scope',
    bytes: seal(elsewhere).bytes,
    verdict: 'reject',
    reason: 'workspace_scope_mismatch/scope_foreign',
    step: 'scope',
  },
  {
    title: '§10.4 scope that was not joined',
    bytes: first.bytes,
    view: view(undefined),
    verdict: 'quarantine',
    reason: 'workspace_scope_mismatch/scope_foreign',
    step: 'scope',
  },
  {
    title: '§10.5 unknown device',
    bytes: seal(scope, { deviceKeys: stranger }).bytes,
    verdict: 'reject',
    reason: 'signature_invalid/device_unknown',
    step: 'device',
  },
  {
    title: '§10.5 device before it was added',
    bytes: seal(scope, { logSequence: 0, logHead: scope.heads[0] as Uint8Array }).bytes,
    verdict: 'reject',
    reason: 'signature_invalid/device_unknown',
    step: 'device',
  },
  {
    title: '§10.6 one flipped bit in the header',
    bytes: flipped(first.bytes, 160),
    verdict: 'reject',
    reason: 'signature_invalid/signature',
    step: 'signature',
  },
  {
    title: '§10.6 one flipped bit in the signature',
    bytes: flipped(first.bytes, 260),
    verdict: 'reject',
    reason: 'signature_invalid/signature',
    step: 'signature',
  },
  {
    title: '§10.6 one flipped bit in the ciphertext',
    bytes: flipped(first.bytes, 400),
    verdict: 'reject',
    reason: 'signature_invalid/hash_mismatch',
    step: 'ciphertext_hash',
  },
  {
    title: '§10.6 truncated ciphertext',
    bytes: first.bytes.slice(0, -1),
    verdict: 'reject',
    reason: 'signature_invalid/hash_mismatch',
    step: 'structure',
  },
  {
    title: '§10.7 signature with S + L',
    bytes: movedS,
    verdict: 'reject',
    reason: 'signature_invalid/signature',
    step: 'signature',
  },
  {
    title: '§10.8 wrong Merkle root',
    bytes: sealBody(encodeBody([metaBytes])),
    verdict: 'reject',
    reason: 'signature_invalid/merkle_root',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: "§10.9 another's ciphertext, signed again",
    bytes: forge(first.bytes, { ciphertext: decoded(seal(scope, { deviceKeys: alice }).bytes).ciphertext }),
    verdict: 'reject',
    reason: 'signature_invalid/aead',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: '§10.10 padding that is not zero',
    bytes: sealBody(flipped(honestBody, honestBody.length - 1)),
    verdict: 'reject',
    reason: 'schema_unknown/padding',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: '§10.10 padding of a wrong length',
    bytes: sealBody(new Uint8Array([...honestBody, 0])),
    verdict: 'reject',
    reason: 'schema_unknown/padding',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: '§10.11 count zero',
    bytes: sealBody(bodyWithContent(new Uint8Array(4))),
    verdict: 'reject',
    reason: 'schema_unknown/body_overrun',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: '§10.11 record overrun',
    bytes: sealBody(bodyWithContent(new Uint8Array([0, 0, 0, 1, 0, 0, 9, 9, 1]))),
    verdict: 'reject',
    reason: 'schema_unknown/body_overrun',
    step: 'open',
    chainAdvances: true,
  },
  {
    title: '§10.13 same sequence, other content',
    bytes: seal(scope, { random: filled(34) }).bytes,
    view: view(scope, [first]),
    verdict: 'reject',
    reason: 'signature_invalid/device_equivocation',
    step: 'chain',
  },
  {
    title: '§10.13 next batch on another past',
    bytes: seal(scope, { sequence: 2, previous: filled(8) }).bytes,
    view: view(scope, [first]),
    verdict: 'reject',
    reason: 'signature_invalid/device_equivocation',
    step: 'chain',
  },
  {
    title: '§10.14 gap',
    bytes: sealNext(scope, first).bytes,
    verdict: 'hold',
    reason: 'relay_untrusted/gap',
    step: 'chain',
  },
  {
    title: '§10.15 revoked device, backdated',
    bytes: sealNext(scope, first).bytes,
    view: view(revoked, [first]),
    verdict: 'reject',
    reason: 'capability_expired/device_revoked',
    step: 'membership',
  },
  {
    title: '§10.15 revoked device, another batch at the cut',
    bytes: seal(scope, { random: filled(34) }).bytes,
    view: view(revoked),
    verdict: 'reject',
    reason: 'capability_expired/past_cut',
    step: 'membership',
  },
  {
    title: '§10.16 header ahead of the log',
    bytes: seal(scope, { logSequence: 2, logHead: filled(5) }).bytes,
    verdict: 'hold',
    reason: 'relay_untrusted/log_behind',
    step: 'log_position',
  },
  {
    title: '§10.16 unknown device, header ahead of the log',
    bytes: seal(scope, { deviceKeys: stranger, logSequence: 2 }).bytes,
    verdict: 'hold',
    reason: 'relay_untrusted/log_behind',
    step: 'device',
  },
  {
    title: '§10.17 header from a forked log',
    bytes: seal(scope, { logHead: filled(5) }).bytes,
    verdict: 'quarantine',
    reason: 'relay_untrusted/log_fork',
    step: 'log_position',
  },
  {
    title: '§10.18 log rolled back against the batch before',
    bytes: sealNext(scope, first).bytes,
    view: { ...view(scope, [first]), headLogSequence: 2 },
    verdict: 'reject',
    reason: 'relay_untrusted/log_rollback',
    step: 'chain',
  },
  {
    title: '§10.25 epoch not in force',
    bytes: seal(scope, { epoch: 2 }).bytes,
    verdict: 'reject',
    reason: 'signature_invalid/epoch_skipped',
    step: 'epoch',
  },
  {
    title: 'a reader writes',
    bytes: seal(readerScope).bytes,
    view: view(readerScope),
    verdict: 'reject',
    reason: 'policy_denied/role_insufficient',
    step: 'membership',
  },
  {
    title: '4 the key has not arrived',
    bytes: first.bytes,
    view: { ...view(scope), epochKey: () => undefined },
    verdict: 'hold',
    reason: 'signature_invalid/epoch_key_missing',
    step: 'key',
  },
  {
    title: '5 a meta record that is none',
    bytes: seal(scope, { records: [utf8('{}')] }).bytes,
    verdict: 'reject',
    reason: 'schema_unknown/record_malformed',
    step: 'meta',
    chainAdvances: true,
  },
];

/** A body whose lengths are those of the format, whatever its content says. */
function bodyWithContent(content: Uint8Array): Uint8Array {
  const body = new Uint8Array(256);
  const lengths = new DataView(body.buffer);
  lengths.setUint32(1, content.length);
  lengths.setUint32(5, content.length);
  body.set(content, 9);
  return body;
}
