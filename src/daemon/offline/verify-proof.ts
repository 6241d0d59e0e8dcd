import { checkpointBody } from '../../api/answers/bodies.ts';
import type {
  FalseProofBody,
  ProofVerdictBody,
  ProvenBody,
  ProvenByBody,
  ProvenConsistencyBody,
  ProvenEventBody,
  ProvenRecordBody,
} from '../../api/types/proofs.ts';
import { unreachable } from '../../base/assert.ts';
import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { wallMs } from '../../clock/stamp.ts';
import type { Result } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import {
  type ConsistencyProof,
  type EventProof,
  type ProvenChain,
  verifyConsistencyProof,
  verifyEventProof,
} from '../../log/audit-proof.ts';
import { type ProvenRecord, verifyRecordProof } from '../../log/proof.ts';
import { type Proof, parseProof } from '../../log/read-proof.ts';
import type { Member, ScopeState } from '../../membership/parse/state.ts';

const rootKeySizeBytes = 32;

/** Holds the text of a proof file against itself, and against a root key where one is named. */
export function verifyProof(text: string, root: string | undefined): ProofVerdictBody | CommandFault {
  const rootKey = root === undefined ? undefined : bytesFromBase64url(root);
  if (root !== undefined && rootKey?.length !== rootKeySizeBytes) {
    return {
      exitCode: exitCodes.usage,
      message: 'A root key is 32 bytes in base64url, 43 characters. See: sourcesync scopes ls --json',
    };
  }
  const proof = parseProof(withoutLineEnd(text));
  if (!proof.ok) {
    return falseProof(proof.error);
  }
  return verdictOn(proof.value, rootKey);
}

function verdictOn(proof: Proof, root: Uint8Array | undefined): ProofVerdictBody {
  const unproven = alwaysUnproven(root !== undefined);
  switch (proof.kind) {
    case 'record':
      return verdictOf(verifyRecordProof(proof, root), (proven) => provenRecordBody(proven, unproven));
    case 'audit':
      return verdictOf(verifyEventProof(proof, root), (chain) => provenEventBody(proof, chain, unproven));
    case 'audit-consistency':
      return verdictOf(verifyConsistencyProof(proof, root), (chain) => provenConsistencyBody(proof, chain, unproven));
    default:
      return unreachable(proof);
  }
}

function verdictOf<T>(proven: Result<T, Refusal>, body: (value: T) => ProvenBody): ProofVerdictBody {
  return proven.ok ? body(proven.value) : falseProof(proven.error);
}

/** A text file ends its last line; the proof in it does not. */
function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function falseProof({ reasonCode, detail, message }: Refusal): FalseProofBody {
  return { valid: false, reasonCode, detail: detail ?? null, message };
}

function provenRecordBody(proven: ProvenRecord, unproven: readonly string[]): ProvenRecordBody {
  const { scope, author, header, index, change, changeId } = proven;
  return {
    valid: true,
    kind: 'record',
    ...provenBy(scope, author),
    sequence: header.sequence,
    index,
    collection: change.collection,
    id: change.objectId,
    changeId,
    operation: change.operation,
    author: change.authorId,
    managedBy: change.managedBy,
    at: new Date(wallMs(change.stamp)).toISOString(),
    value: change.value,
    notProven: [
      'That it is the newest version: later changes of the record are not in the proof.',
      'The time and the author: they are what the device said when it signed.',
      ...unproven,
    ],
  };
}

function provenEventBody(
  { event, index, checkpoint }: EventProof,
  { scope, member }: ProvenChain,
  unproven: readonly string[],
): ProvenEventBody {
  return {
    valid: true,
    kind: 'audit',
    ...provenBy(scope, member),
    position: index + 1,
    event,
    checkpoint: checkpointBody(checkpoint),
    notProven: [
      'That what the event tells is true: it is what the device wrote, at the time that its clock showed.',
      'That the device showed this chain to everybody: compare the checkpoint with what its peers witnessed.',
      ...whenRevoked(member),
      ...unproven,
    ],
  };
}

function provenConsistencyBody(
  { first, second }: ConsistencyProof,
  { scope, member }: ProvenChain,
  unproven: readonly string[],
): ProvenConsistencyBody {
  return {
    valid: true,
    kind: 'audit-consistency',
    ...provenBy(scope, member),
    from: checkpointBody(first),
    to: checkpointBody(second),
    notProven: ['What the events of the chain tell: no event is in the proof.', ...whenRevoked(member), ...unproven],
  };
}

function provenBy(
  { scopeId, kind, rootKeys }: ScopeState,
  { deviceId, revoked }: Member,
): Omit<ProvenByBody, 'valid' | 'notProven'> {
  const rootKey = base64urlFromBytes(rootKeys.sign);
  return { scopeId, scopeKind: kind, rootKey, deviceId, deviceRevoked: revoked !== null };
}

/** A checkpoint names no position of the membership log. */
function whenRevoked({ revoked }: Member): readonly string[] {
  return revoked === null ? [] : ['When the device signed this: it was revoked, and this may have been afterwards.'];
}

function alwaysUnproven(rootIsNamed: boolean): readonly string[] {
  return [
    'That the device was not revoked later: membership entries after those in the proof are not known.',
    ...(rootIsNamed ? [] : ['Whose root key founded the scope: compare it with one that you trust, with --root KEY.']),
  ];
}
