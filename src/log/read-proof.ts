import { unreachable } from '../base/assert.ts';
import { utf8 } from '../base/bytes.ts';
import { canonicalText, parseCanonical } from '../base/canonical-json.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import {
  type ConsistencyProof,
  type EventProof,
  consistencyProofFromJson,
  consistencyProofJson,
  eventProofFromJson,
  eventProofJson,
} from './audit-proof.ts';
import { malformedRecord, notCanonical } from './json-object.ts';
import { type RecordProof, recordProofFromJson, recordProofJson } from './proof.ts';
import { maximumProofBytes, proofFormat, proofVersion } from './proof-envelope.ts';

export type Proof = RecordProof | EventProof | ConsistencyProof;

/** The one text of a proof: canonical JSON, without a line end. Refused where nobody would read it: too_large. */
export function textFromProof(proof: Proof): Result<string, Refusal> {
  const text = canonicalText(proofJson(proof));
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
  return object['version'] === proofVersion ? proofOfKind(object) : err(laterVersion);
}

function proofJson(proof: Proof): JsonObject {
  switch (proof.kind) {
    case 'record':
      return recordProofJson(proof);
    case 'audit':
      return eventProofJson(proof);
    case 'audit-consistency':
      return consistencyProofJson(proof);
    default:
      return unreachable(proof);
  }
}

function proofOfKind(object: JsonObject): Result<Proof, Refusal> {
  const kind = object['kind'];
  if (kind === 'record') {
    return recordProofFromJson(object);
  }
  if (kind === 'audit') {
    return eventProofFromJson(object);
  }
  return kind === 'audit-consistency' ? consistencyProofFromJson(object) : err(laterVersion);
}

const tooLarge = refuse('reject', 'schema_unknown', 'too_large', 'A proof has at most 16 MiB. This one has more.');

const laterVersion = refuse(
  'quarantine',
  'migration_required',
  'record_malformed',
  'The proof is of a kind or version that this version does not know. Upgrade SourceSync.',
);
