import type { FalseProofBody, ProofVerdictBody, ProvenRecordBody } from '../api/types/proofs.ts';
import { base64urlFromBytes, bytesFromBase64url } from '../base/bytes.ts';
import { type CommandFault, exitCodes } from '../cli/context.ts';
import { wallMs } from '../clock/stamp.ts';
import type { Refusal } from '../contract/verdict.ts';
import { type ProvenRecord, verifyRecordProof } from '../log/proof.ts';
import { parseProof } from '../log/read-proof.ts';
import type { Member, ScopeState } from '../membership/state.ts';

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
  const proven = verifyRecordProof(proof.value, rootKey);
  return proven.ok ? provenRecordBody(proven.value, rootKey !== undefined) : falseProof(proven.error);
}

/** A text file ends its last line; the proof in it does not. */
function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function falseProof({ reasonCode, detail, message }: Refusal): FalseProofBody {
  return { valid: false, reasonCode, detail: detail ?? null, message };
}

function provenRecordBody(proven: ProvenRecord, rootIsNamed: boolean): ProvenRecordBody {
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
      ...alwaysUnproven(rootIsNamed),
    ],
  };
}

function provenBy(
  { scopeId, kind, rootKeys }: ScopeState,
  { deviceId, revoked }: Member,
): Pick<ProvenRecordBody, 'scopeId' | 'scopeKind' | 'rootKey' | 'deviceId' | 'deviceRevoked'> {
  const rootKey = base64urlFromBytes(rootKeys.sign);
  return { scopeId, scopeKind: kind, rootKey, deviceId, deviceRevoked: revoked !== null };
}

function alwaysUnproven(rootIsNamed: boolean): readonly string[] {
  return [
    'That the device was not revoked later: membership entries after those in the proof are not known.',
    ...(rootIsNamed ? [] : ['Whose root key founded the scope: compare it with one that you trust, with --root KEY.']),
  ];
}
