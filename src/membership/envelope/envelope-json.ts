import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { canonicalBytes, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type DeviceId, type ScopeId, parseDeviceId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type PrivilegedCommand, type Surface, privilegedCommands, surfaces } from '../../contract/source-channel.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { signatureSizeBytes } from '../../crypto/sign.ts';
import {
  contractScopeId,
  namedUrnOf,
  scopeOf,
  sha256Of,
  timeOf,
  timeText,
  uniqueUrnOf,
} from '../parse/contract-fields.ts';
import { bytesOf, exactObject, memberOf } from '../parse/json-fields.ts';
import { parseLabel } from '../parse/labels.ts';

/** A privileged call, told so that its signature binds it to one request. Source: the SourceChannel contract. */
export interface Envelope {
  /** `urn:srcos:channel:<client>`; `owner` for the person. */
  readonly channelId: string;
  readonly requestId: string;
  /** Origin of the web page, or `local`. */
  readonly origin: string;
  readonly surface: Surface;
  readonly profile: ScopeId;
  readonly deviceId: DeviceId;
  readonly command: PrivilegedCommand;
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly path: string;
  /** `sha256:<hex>` of the body's bytes. */
  readonly bodyHash: string;
  readonly policyBundleHash: string;
  /** 16 random bytes. */
  readonly nonce: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** For the person who reads the audit log. */
  readonly reason: string;
  readonly auditId: string;
}

/** An envelope that was understood; nothing about it is verified yet. */
export interface ParsedEnvelope {
  readonly envelope: Envelope;
  readonly unsigned: JsonObject;
  readonly signature: Uint8Array;
}

const longestHeader = 6000;
const longestPath = 4096;
const nonceSizeBytes = 16;
const names = [
  ...['channelId', 'requestId', 'origin', 'surface', 'profileId', 'deviceId', 'capability', 'scope'],
  ...['policyBundleHash', 'nonce', 'issuedAt', 'expiresAt', 'reason', 'auditId', 'signature'],
];

/** Reads the header's text: base64url of canonical JSON. Never throws. schema_unknown for anything else. */
export function parseEnvelope(text: string): Result<ParsedEnvelope, Refusal> {
  const bytes = text.length <= longestHeader ? bytesFromBase64url(text) : undefined;
  const json = bytes && parseCanonicalIntegers(bytes);
  const object = json?.ok === true ? exactObject(json.value, names) : undefined;
  const envelope = object && envelopeFromJson(object);
  const signature = bytesOf(object?.['signature'], signatureSizeBytes);
  if (object === undefined || envelope === undefined || signature === undefined) {
    return err(malformed);
  }
  const { signature: _signature, ...unsigned } = object;
  return ok({ envelope, unsigned, signature });
}

export function envelopeText(signed: JsonObject): string {
  return base64urlFromBytes(canonicalBytes(signed));
}

/** Less `signature`. */
export function jsonFromEnvelope(envelope: Envelope): JsonObject {
  const { channelId, requestId, origin, surface, deviceId, policyBundleHash, nonce, reason, auditId } = envelope;
  const { bodyHash, method, path } = envelope;
  return {
    ...{ channelId, requestId, origin, surface, deviceId, policyBundleHash, nonce, reason, auditId },
    profileId: contractScopeId(envelope.profile, 'profile'),
    capability: envelope.command,
    scope: { bodyHash, method, path },
    issuedAt: timeText(envelope.issuedAtMs),
    expiresAt: timeText(envelope.expiresAtMs),
  };
}

function envelopeFromJson(object: JsonObject): Envelope | undefined {
  const scope = exactObject(object['scope'], ['bodyHash', 'method', 'path']);
  const channelId = namedUrnOf(object['channelId'], 'channel');
  const requestId = uniqueUrnOf(object['requestId'], 'request');
  const origin = shortText(object['origin']);
  const surface = memberOf(object['surface'], surfaces);
  const profile = scopeOf(object['profileId'], 'profile');
  const deviceId = typeof object['deviceId'] === 'string' ? parseDeviceId(object['deviceId']) : undefined;
  const command = memberOf(object['capability'], privilegedCommands);
  const method = memberOf(scope?.['method'], ['POST', 'PUT', 'PATCH', 'DELETE']);
  const path = pathOf(scope?.['path']);
  const bodyHash = sha256Of(scope?.['bodyHash']);
  const policyBundleHash = sha256Of(object['policyBundleHash']);
  const nonce = bytesOf(object['nonce'], nonceSizeBytes) && (object['nonce'] as string);
  const issuedAtMs = timeOf(object['issuedAt']);
  const expiresAtMs = timeOf(object['expiresAt']);
  const reason = shortText(object['reason']);
  const auditId = uniqueUrnOf(object['auditId'], 'audit');
  if (!channelId || !requestId || !origin || !surface || !profile || !deviceId || !command || !method || !path) {
    return undefined;
  }
  if (!bodyHash || !policyBundleHash || !nonce || !reason || !auditId) {
    return undefined;
  }
  if (issuedAtMs === undefined || expiresAtMs === undefined) {
    return undefined;
  }
  return {
    ...{ channelId, requestId, origin, surface, profile, deviceId, command, method, path, bodyHash },
    ...{ policyBundleHash, nonce, issuedAtMs, expiresAtMs, reason, auditId },
  };
}

function shortText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && parseLabel(value) === value ? value : undefined;
}

function pathOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.length <= longestPath && /^\/[\x21-\x7e]*$/.test(value) ? value : undefined;
}

const malformed: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  'The envelope is not base64url of canonical JSON with exactly the fields of the SourceChannel contract. Make it anew.',
);
