import { hexFromBytes } from '../../base/bytes.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { PrivilegedCommand, Surface } from '../../contract/source-channel.ts';
import type { Detail, ReasonCode } from '../../contract/reasons.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { sha256Text } from '../../crypto/hash.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { text64 } from '../parse/json-fields.ts';
import { type Envelope, type ParsedEnvelope, envelopeText, jsonFromEnvelope } from './envelope-json.ts';
import { isSignedBy, withSignature } from '../parse/signed-object.ts';

export const maximumEnvelopeLifetimeMs: number = 5 * 60 * 1000;
/** `origin` of a call that comes from no web page. */
export const localOrigin = 'local';

/** One request as the one who answers it sees it. */
export interface AskedCall {
  readonly command: PrivilegedCommand;
  readonly method: string;
  readonly path: string;
  readonly origin: string;
  readonly bodyHash: string;
}

/** Where an envelope counts: for one channel, on one device, under one policy. */
export interface ChannelFacts {
  readonly channelId: string;
  readonly deviceId: DeviceId;
  readonly profile: ScopeId;
  readonly policyBundleHash: string;
}

export interface EnvelopeContext {
  readonly facts: ChannelFacts;
  /** Of the channel; null when it has none, and then nothing is signed by it. */
  readonly publicKey: Uint8Array | null;
  readonly nowMs: number;
  readonly isUsed: (nonce: string) => boolean;
}

/** `sha256:<hex>` over the exact bytes of a body; of no bytes when there is none. */
export function bodyHashOf(body: Uint8Array): string {
  return sha256Text(body);
}

/** The header's text for one call, good for five minutes. `secretKey` has 64 bytes. */
export function createEnvelope(options: {
  readonly facts: ChannelFacts;
  readonly call: AskedCall;
  readonly surface: Surface;
  readonly reason: string;
  readonly secretKey: Uint8Array;
  readonly nowMs: number;
  readonly randomBytes: RandomBytes;
}): string {
  const { facts, call, surface, reason, nowMs, randomBytes } = options;
  const envelope: Envelope = {
    ...{ ...facts, ...call, surface, reason, nonce: text64(randomBytes(16)) },
    requestId: `urn:srcos:request:${hexFromBytes(randomBytes(16))}`,
    auditId: `urn:srcos:audit:${hexFromBytes(randomBytes(16))}`,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + maximumEnvelopeLifetimeMs,
  };
  return envelopeText(withSignature('channel-envelope', jsonFromEnvelope(envelope), options.secretKey));
}

/** Why an envelope does not allow a call; undefined when it does. The nonce is the caller's to keep. */
export function refuseEnvelope(
  parsed: ParsedEnvelope,
  asked: AskedCall,
  context: EnvelopeContext,
): Refusal | undefined {
  return (
    refuseSigner(parsed, context) ??
    refusePlace(parsed.envelope, context.facts) ??
    refuseCall(parsed.envelope, asked) ??
    refuseTime(parsed.envelope, context.nowMs) ??
    (context.isUsed(parsed.envelope.nonce) ? no.replayed : undefined)
  );
}

function refuseSigner(parsed: ParsedEnvelope, { facts, publicKey }: EnvelopeContext): Refusal | undefined {
  if (publicKey === null) {
    return no.keyless;
  }
  if (parsed.envelope.channelId !== facts.channelId) {
    return no.foreignChannel;
  }
  return isSignedBy('channel-envelope', parsed, publicKey) ? undefined : no.signature;
}

function refusePlace(envelope: Envelope, facts: ChannelFacts): Refusal | undefined {
  if (envelope.deviceId !== facts.deviceId || envelope.profile !== facts.profile) {
    return no.elsewhere;
  }
  return envelope.policyBundleHash === facts.policyBundleHash ? undefined : no.stalePolicy;
}

function refuseCall(envelope: Envelope, asked: AskedCall): Refusal | undefined {
  const { command, method, path, origin } = envelope;
  if (command !== asked.command || method !== asked.method || path !== asked.path || origin !== asked.origin) {
    return no.anotherCall;
  }
  return envelope.bodyHash === asked.bodyHash ? undefined : no.bodySwapped;
}

function refuseTime({ issuedAtMs, expiresAtMs }: Envelope, nowMs: number): Refusal | undefined {
  if (expiresAtMs <= issuedAtMs || expiresAtMs - issuedAtMs > maximumEnvelopeLifetimeMs) {
    return no.lifetime;
  }
  if (issuedAtMs > nowMs) {
    return no.future;
  }
  return nowMs < expiresAtMs ? undefined : no.expired;
}

function refusal(reasonCode: ReasonCode, detail: Detail, message: string): Refusal {
  return refuse('reject', reasonCode, detail, `${message} Nothing was done.`);
}

const no = {
  keyless: refusal(
    'policy_denied',
    'authority_missing',
    'This client has no key, and privileged calls are signed. Add it again with a public key.',
  ),
  foreignChannel: refusal('policy_denied', 'channel_foreign', 'The envelope is of another client than the token.'),
  signature: refusal('signature_invalid', 'signature', 'The envelope is not signed by the key of this client.'),
  elsewhere: refusal('workspace_scope_mismatch', 'scope_foreign', 'The envelope is for another device or profile.'),
  stalePolicy: refusal(
    'policy_denied',
    'policy_changed',
    'The envelope was made under another policy than the one in force. Ask /v1/channel and sign anew.',
  ),
  anotherCall: refusal('policy_denied', 'channel_foreign', 'The envelope is for another call than this one.'),
  bodySwapped: refusal(
    'signature_invalid',
    'hash_mismatch',
    'The body is not the one that the envelope was signed for.',
  ),
  lifetime: refusal('policy_denied', 'lifetime', 'An envelope lives for more than nothing and at most five minutes.'),
  future: refusal('capability_expired', 'not_yet', 'The envelope is from the future. Check the clock of its maker.'),
  expired: refusal('capability_expired', 'expired', 'The envelope has expired. Sign the call anew.'),
  replayed: refusal('policy_denied', 'nonce_used', 'The envelope was used before. Sign each call anew.'),
};
