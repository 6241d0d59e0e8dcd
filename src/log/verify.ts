import { equalBytes } from '../base/bytes.ts';
import { type BatchId, bytesFromHashId } from '../base/ids.ts';
import type { ChainHead } from '../contract/chain.ts';
import { type Refusal, type Verdict, accept, duplicate, refuse } from '../contract/verdict.ts';
import { hash } from '../crypto/hash.ts';
import { verify } from '../crypto/sign.ts';
import { epochAt, standingAt } from '../membership/parse/standing.ts';
import type { Member, ScopeState } from '../membership/parse/state.ts';
import type { BatchHeader, PublicBatch, SignedHeader } from './header.ts';

/** What is held of the sender's chain in this scope. */
export interface ChainView {
  /** Null before its first batch. */
  readonly head: ChainHead | null;
  /** Batch id at a sequence at or below the head; undefined where it is no longer known. */
  idAt(sequence: number): BatchId | undefined;
  /** Membership position that the head batch names; left out, a position may not be seen to go backwards. */
  readonly headLogSequence?: number;
}

/**
 * Judges a batch by what is public: scope, device, signature, ciphertext hash, membership, epoch, log, chain; the first
 * that fails answers. The same code serves devices and relay. Never throws.
 */
export function verifyBatch(batch: PublicBatch, scope: ScopeState, chain: ChainView): Verdict {
  const { header } = batch;
  if (header.scopeId !== scope.scopeId) {
    return foreign;
  }
  const member = scope.members.get(header.deviceId);
  if (member === undefined) {
    return header.logSequence > scope.sequence ? behind : deviceUnknown;
  }
  return (
    signatureFault(batch, member) ??
    ciphertextFault(batch) ??
    standingFault(batch, scope, member) ??
    chainVerdict(batch, chain)
  );
}

/**
 * The same of a header alone, as a proof shows it: undefined when its device was a member that might write it, and
 * signed it. Ciphertext and chain are not there to be asked. Never throws.
 */
export function signedHeaderFault(signed: SignedHeader, scope: ScopeState): Refusal | undefined {
  const { header } = signed;
  if (header.scopeId !== scope.scopeId) {
    return foreign;
  }
  const member = scope.members.get(header.deviceId);
  return member === undefined
    ? deviceUnknown
    : (signatureFault(signed, member) ?? standingFault(signed, scope, member));
}

function signatureFault({ batchId, signature }: SignedHeader, member: Member): Refusal | undefined {
  if (verify(member.keys.sign, 'batch-sig', bytesFromHashId(batchId), signature)) {
    return undefined;
  }
  const message = 'The signature of the batch is not that of its device. It was rejected.';
  return refuse('reject', 'signature_invalid', 'signature', message);
}

function ciphertextFault({ ciphertext, header }: PublicBatch): Refusal | undefined {
  if (equalBytes(hash('ciphertext', ciphertext), header.ciphertextHash)) {
    return undefined;
  }
  const message = 'The ciphertext is not the one that was signed. Fetch the batch again.';
  return refuse('reject', 'signature_invalid', 'hash_mismatch', message);
}

/** Whether the device might write this batch at the position of the log that it names. */
function standingFault(signed: SignedHeader, scope: ScopeState, member: Member): Refusal | undefined {
  const { header } = signed;
  return (
    suiteFault(header, scope) ??
    membershipFault(signed, scope, member) ??
    logFault(header, scope) ??
    epochFault(header, scope)
  );
}

function suiteFault(header: BatchHeader, scope: ScopeState): Refusal | undefined {
  if (header.suite >= scope.suite) {
    return undefined;
  }
  const message = 'The batch uses an older cipher suite than the scope demands. It was rejected.';
  return refuse('reject', 'policy_denied', 'suite_lowered', message);
}

function membershipFault(batch: SignedHeader, scope: ScopeState, member: Member): Refusal | undefined {
  const { header } = batch;
  const standing = standingAt(scope, member.deviceId, header.logSequence, header.sequence);
  if (standing === undefined) {
    return deviceUnknown;
  }
  return revocationFault(batch, standing.revoked) ?? roleFault(header, standing.role);
}

function revocationFault(batch: SignedHeader, revoked: Member['revoked']): Refusal | undefined {
  if (revoked === null) {
    return undefined;
  }
  const { sequence, logSequence } = batch.header;
  const { cut } = revoked;
  if (sequence > cut.sequence || logSequence >= revoked.at) {
    const message = 'The device was revoked, and this batch is past the last one that counts. It was rejected.';
    return refuse('reject', 'capability_expired', 'device_revoked', message);
  }
  if (sequence === cut.sequence && batch.batchId !== cut.batchId) {
    const message = 'The device was revoked after another batch with this number. This one was rejected.';
    return refuse('reject', 'capability_expired', 'past_cut', message);
  }
  return undefined;
}

function roleFault(header: BatchHeader, role: Member['role']): Refusal | undefined {
  // A reader still shows signs of life, and with them what it has seen.
  if (role !== 'reader' || header.kind === 'heartbeat') {
    return undefined;
  }
  const message = 'The device may read this scope but not write to it. An administrator can change its role.';
  return refuse('reject', 'policy_denied', 'role_insufficient', message);
}

function logFault(header: BatchHeader, scope: ScopeState): Refusal | undefined {
  if (header.logSequence > scope.sequence) {
    return behind;
  }
  const head = scope.heads[header.logSequence];
  if (head !== undefined && equalBytes(head, header.logHead)) {
    return undefined;
  }
  const message =
    'The device that wrote this batch saw another membership log than this one. ' +
    'Compare the devices of the scope with each other before you go on using the relay.';
  return refuse('quarantine', 'relay_untrusted', 'log_fork', message);
}

function epochFault(header: BatchHeader, scope: ScopeState): Refusal | undefined {
  const inForce = epochAt(scope, header.logSequence).epoch;
  if (header.epoch === inForce) {
    return undefined;
  }
  const detail = header.epoch > inForce ? 'epoch_skipped' : 'epoch_not_in_force';
  const message = 'The batch is sealed under an epoch that was not in force when it was written. It was rejected.';
  return refuse('reject', 'signature_invalid', detail, message);
}

function chainVerdict(batch: PublicBatch, chain: ChainView): Verdict {
  const { header } = batch;
  const headSequence = chain.head?.sequence ?? 0;
  if (header.sequence <= headSequence) {
    const known = header.sequence === headSequence ? chain.head?.batchId : chain.idAt(header.sequence);
    return known === undefined || known === batch.batchId ? duplicate : equivocation;
  }
  if (header.sequence > headSequence + 1) {
    const message = 'Earlier batches of this device have not arrived. The batch waits until they have.';
    return refuse('hold', 'relay_untrusted', 'gap', message);
  }
  if (!namesPrevious(header.previous, chain.head)) {
    return chain.head === null ? badStart : equivocation;
  }
  if (header.logSequence < (chain.headLogSequence ?? 0)) {
    const message = 'The batch goes back to an older membership log than the one before it. It was rejected.';
    return refuse('reject', 'relay_untrusted', 'log_rollback', message);
  }
  return accept;
}

function namesPrevious(previous: Uint8Array, head: ChainHead | null): boolean {
  return head === null ? previous.every((byte) => byte === 0) : equalBytes(previous, bytesFromHashId(head.batchId));
}

const foreign: Refusal = refuse(
  'reject',
  'workspace_scope_mismatch',
  'scope_foreign',
  'The batch belongs to another scope.',
);

const behind: Refusal = refuse(
  'hold',
  'relay_untrusted',
  'log_behind',
  'The batch names a later state of the membership log than is known here. It waits until the log has arrived.',
);

const deviceUnknown: Refusal = refuse(
  'reject',
  'signature_invalid',
  'device_unknown',
  'The device that the batch names was not a member when it was written. It was rejected.',
);

const equivocation: Refusal = refuse(
  'reject',
  'signature_invalid',
  'device_equivocation',
  'The device signed two different batches with one number. Isolate it, find out which copy is real, enrol it again.',
);

const badStart: Refusal = refuse(
  'reject',
  'signature_invalid',
  'sequence',
  'The first batch of a device names one before it. It was rejected.',
);
