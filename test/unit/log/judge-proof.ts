import type { Result } from '../../../src/base/result.ts';
import type { Refusal } from '../../../src/contract/verdict.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { type ProvenChain, verifyConsistencyProof, verifyEventProof } from '../../../src/log/audit-proof.ts';
import { type ProvenRecord, verifyRecordProof } from '../../../src/log/proof.ts';
import { parseProof } from '../../../src/log/read-proof.ts';

/** From the text of a file to the verdict. */
export function judge(text: string, root?: Uint8Array): Result<ProvenRecord | ProvenChain, Refusal> {
  const proof = parseProof(text);
  if (!proof.ok) {
    return proof;
  }
  switch (proof.value.kind) {
    case 'record':
      return verifyRecordProof(proof.value, root);
    case 'audit':
      return verifyEventProof(proof.value, root);
    case 'audit-consistency':
      return verifyConsistencyProof(proof.value, root);
  }
}

export function reasonOf(result: Result<unknown, Refusal>): string {
  return result.ok ? 'true' : reasonText(result.error);
}

export function valueOf<T>(result: Result<T, Refusal>): T {
  if (!result.ok) {
    throw new Error(reasonText(result.error));
  }
  return result.value;
}
