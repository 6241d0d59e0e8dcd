import { utf8 } from '../base/bytes.ts';
import { canonicalText, parseCanonical } from '../base/canonical-json.ts';
import { isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { malformedRecord, notCanonical } from './json-object.ts';
import { type RecordProof, recordProofFromJson, recordProofJson } from './proof.ts';
import { maximumProofBytes, proofFormat, proofVersion } from './proof-envelope.ts';

export type Proof = RecordProof;

/** The one text of a proof: canonical JSON, without a line end. Refused where nobody would read it: too_large. */
export function textFromProof(proof: Proof): Result<string, Refusal> {
  const text = canonicalText(recordProofJson(proof));
  return text.length > maximumProofBytes ? err(tooLarge) : ok(text);
}

/** Reads {@link textFromProof}; nothing about the proof is verified yet. Never throws. */
export function parseProof(text: string): Result<Proof, Refusal> {
  if (text.length > maximumProofBytes) {
    return err(tooLarge);
  }
  const parsed = parseCanonical(utf8(text));
  if (!parsed.ok) {
    return err(notCanonical('proof'));
  }
  const object = parsed.value;
  if (!isJsonObject(object) || object['format'] !== proofFormat) {
    return err(malformedRecord('proof'));
  }
  if (object['version'] === proofVersion && object['kind'] === 'record') {
    return recordProofFromJson(object);
  }
  const message = 'The proof is of a kind or version that this version does not know. Upgrade SourceSync.';
  return err(refuse('quarantine', 'migration_required', 'record_malformed', message));
}

const tooLarge = refuse('reject', 'schema_unknown', 'too_large', 'A proof has at most 16 MiB. This one has more.');
