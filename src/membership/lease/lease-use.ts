import type { JsonObject, JsonValue } from '../../base/json.ts';
import { parseCollectionName } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { signatureSizeBytes } from '../../crypto/sign.ts';
import { nameOf, namedUrnOf, sha256Of, timeOf, timeText, uniqueUrnOf } from '../parse/contract-fields.ts';
import { bytesOf, exactObject, text64 } from '../parse/json-fields.ts';
import { withSignature } from '../parse/signed-object.ts';

/** One act under a lease, as the agent that does it says. */
export interface LeaseUse {
  readonly leaseId: string;
  readonly agentId: string;
  /** 16 random bytes; each counts once. */
  readonly nonce: string;
  readonly usedAtMs: number;
  readonly capability: string;
  /** null for an act on no collection. */
  readonly collection: string | null;
  /** `sha256:<hex>` of what is done. */
  readonly contentHash: string;
}

/** A use that was understood; nothing about it is verified yet. */
export interface ParsedUse {
  readonly use: LeaseUse;
  readonly unsigned: JsonObject;
  readonly signature: Uint8Array;
}

const names = ['leaseId', 'agentId', 'nonce', 'usedAt', 'capability', 'collection', 'contentHash', 'signature'];
const nonceSizeBytes = 16;

/** Signed by the agent, whose secret key has 64 bytes; `nonce` is 16 random bytes. */
export function createUse(
  options: Omit<LeaseUse, 'nonce'> & { readonly nonce: Uint8Array; readonly secretKey: Uint8Array },
): JsonObject {
  const { leaseId, agentId, usedAtMs, capability, collection, contentHash, nonce, secretKey } = options;
  const unsigned = {
    ...{ leaseId, agentId, capability, collection, contentHash },
    ...{ nonce: text64(nonce), usedAt: timeText(usedAtMs) },
  };
  return withSignature('lease-use', unsigned, secretKey);
}

/** The use that a JSON object says. Never throws; schema_unknown for anything else. */
export function parseUse(value: JsonValue | undefined): Result<ParsedUse, Refusal> {
  const object = exactObject(value, names);
  const use = object && useFromJson(object);
  const signature = bytesOf(object?.['signature'], signatureSizeBytes);
  if (object === undefined || use === undefined || signature === undefined) {
    return err(malformed);
  }
  const { signature: _signature, ...unsigned } = object;
  return ok({ use, unsigned, signature });
}

function useFromJson(object: JsonObject): LeaseUse | undefined {
  const leaseId = uniqueUrnOf(object['leaseId'], 'lease');
  const agentId = namedUrnOf(object['agentId'], 'agent');
  const nonce = bytesOf(object['nonce'], nonceSizeBytes) && (object['nonce'] as string);
  const usedAtMs = timeOf(object['usedAt']);
  const capability = nameOf(object['capability']);
  const named = object['collection'];
  const collection = named === null ? null : typeof named === 'string' ? parseCollectionName(named) : undefined;
  const contentHash = sha256Of(object['contentHash']);
  if (!leaseId || !agentId || !nonce || !capability || !contentHash) {
    return undefined;
  }
  if (usedAtMs === undefined || collection === undefined) {
    return undefined;
  }
  return { leaseId, agentId, nonce, usedAtMs, capability, collection, contentHash };
}

const malformed: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  'This is no use of a lease: it lacks a field, has one too many, or one of the wrong form.',
);
