import { describe, expect, it } from 'vitest';
import { base64urlFromBytes, bytesFromBase64url, textFromUtf8, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { signPairFromSeed } from '../../../src/crypto/keys.ts';
import { parseEnvelope } from '../../../src/membership/envelope/envelope-json.ts';
import {
  type AskedCall,
  type ChannelFacts,
  type EnvelopeContext,
  bodyHashOf,
  createEnvelope,
  refuseEnvelope,
} from '../../../src/membership/envelope/envelope.ts';
import { withSignature } from '../../../src/membership/parse/signed-object.ts';
import { mutate, mutateJson, seededIntegers } from '../../helpers/mutate.ts';
import { deviceFrom, seededBytes } from './fixtures.ts';

const nowMs = Date.UTC(2026, 0, 1);
const key = signPairFromSeed(seededBytes(1)(32));
const other = signPairFromSeed(seededBytes(2)(32));
const facts: ChannelFacts = {
  channelId: 'urn:srcos:channel:editor',
  deviceId: deviceFrom(3).deviceId,
  profile: scopeIdFromBytes(seededBytes(4)(32)),
  policyBundleHash: `sha256:${'ab'.repeat(32)}`,
};
const asked: AskedCall = {
  ...{ command: 'agent.lease.grant', method: 'POST', path: '/v1/leases?x=1', origin: 'local' },
  bodyHash: bodyHashOf(utf8('{"agent":"a"}')),
};
const context: EnvelopeContext = { facts, publicKey: key.publicKey, nowMs, isUsed: () => false };
const text = sealed();

function sealed(change: Partial<Parameters<typeof createEnvelope>[0]> = {}): string {
  return createEnvelope({
    ...{ facts, call: asked, surface: 'other', reason: 'a test', secretKey: key.secretKey, nowMs },
    ...{ randomBytes: seededBytes(5), ...change },
  });
}

function jsonOf(envelope: string): JsonObject {
  return JSON.parse(textFromUtf8(bytesFromBase64url(envelope) ?? new Uint8Array(0)) ?? '') as JsonObject;
}

/** Changed by one who holds the key. */
function resigned(change: JsonObject): string {
  const { signature: _signature, ...unsigned } = jsonOf(text);
  const signed = withSignature('channel-envelope', { ...unsigned, ...change }, key.secretKey);
  return base64urlFromBytes(canonicalBytes(signed));
}

/** Changed without the key. */
function edited(change: JsonObject): string {
  return base64urlFromBytes(canonicalBytes({ ...jsonOf(text), ...change }));
}

function verdict(envelope: string, call: Partial<AskedCall> = {}, place: Partial<EnvelopeContext> = {}): string {
  const parsed = parseEnvelope(envelope);
  const refusal = parsed.ok
    ? refuseEnvelope(parsed.value, { ...asked, ...call }, { ...context, ...place })
    : parsed.error;
  return refusal === undefined ? 'allowed' : reasonText(refusal);
}

const at = (ms: number): string => new Date(nowMs + ms).toISOString();
const factsWith = (change: Partial<ChannelFacts>): Partial<EnvelopeContext> => ({ facts: { ...facts, ...change } });

describe('52 an envelope allows one call', () => {
  it.each<[name: string, outcome: string, envelope: string, Partial<AskedCall>?, Partial<EnvelopeContext>?]>([
    ['as it was signed', 'allowed', text],
    ['in its last moment', 'allowed', text, {}, { nowMs: nowMs + 299_999 }],
    ['replayed', 'policy_denied/nonce_used', text, {}, { isUsed: () => true }],
    ['body swapped', 'signature_invalid/hash_mismatch', text, { bodyHash: bodyHashOf(utf8('{"agent":"b"}')) }],
    ['body left out', 'signature_invalid/hash_mismatch', text, { bodyHash: bodyHashOf(new Uint8Array(0)) }],
    ['another command', 'policy_denied/channel_foreign', text, { command: 'sync.collection.wipe' }],
    ['another path', 'policy_denied/channel_foreign', text, { path: '/v1/leases' }],
    ['another method', 'policy_denied/channel_foreign', text, { method: 'DELETE' }],
    ['another origin', 'policy_denied/channel_foreign', text, { origin: 'http://127.0.0.1' }],
    ['another client', 'policy_denied/channel_foreign', text, {}, factsWith({ channelId: 'urn:srcos:channel:b' })],
    [
      'another device',
      'workspace_scope_mismatch/scope_foreign',
      text,
      {},
      factsWith({ deviceId: deviceFrom(9).deviceId }),
    ],
    [
      'another profile',
      'workspace_scope_mismatch/scope_foreign',
      text,
      {},
      factsWith({ profile: scopeIdFromBytes(seededBytes(9)(32)) }),
    ],
    [
      'another policy',
      'policy_denied/policy_changed',
      text,
      {},
      factsWith({ policyBundleHash: `sha256:${'0'.repeat(64)}` }),
    ],
    ['a client without a key', 'policy_denied/authority_missing', text, {}, { publicKey: null }],
    ['another key', 'signature_invalid/signature', text, {}, { publicKey: other.publicKey }],
    ['signed by another', 'signature_invalid/signature', sealed({ secretKey: other.secretKey })],
    ['edited by another', 'signature_invalid/signature', edited({ reason: 'another reason' })],
    ['expired', 'capability_expired/expired', text, {}, { nowMs: nowMs + 300_000 }],
    ['from the future', 'capability_expired/not_yet', text, {}, { nowMs: nowMs - 1 }],
    ['living too long', 'policy_denied/lifetime', resigned({ expiresAt: at(300_001) })],
    ['living not at all', 'policy_denied/lifetime', resigned({ expiresAt: at(0) })],
    ['not base64url', 'schema_unknown/record_malformed', `${text}=`],
    ['empty', 'schema_unknown/record_malformed', ''],
    ['endless', 'schema_unknown/record_malformed', 'A'.repeat(100_000)],
    ['a field too many', 'schema_unknown/record_malformed', resigned({ more: 1 })],
    ['an unknown command', 'schema_unknown/record_malformed', resigned({ capability: 'everything' })],
    ['a short nonce', 'schema_unknown/record_malformed', resigned({ nonce: 'AAAA' })],
    ['a time with an offset', 'schema_unknown/record_malformed', resigned({ issuedAt: '2026-01-01T00:00:00+00:00' })],
    ['a time that is none', 'schema_unknown/record_malformed', resigned({ issuedAt: '2026-02-31T00:00:00.000Z' })],
    ['a wider scope', 'schema_unknown/record_malformed', resigned({ scope: { ...asked } as unknown as JsonObject })],
    ['a control character in the reason', 'schema_unknown/record_malformed', resigned({ reason: 'a\u0007' })],
  ])('52 %s: %s', (_name, outcome, envelope, call, place) => {
    expect(verdict(envelope, call, place)).toBe(outcome);
  });

  it('52 keys out of order, or twice, are not canonical', () => {
    const plain = textFromUtf8(bytesFromBase64url(text) ?? new Uint8Array(0)) ?? '';
    const twice = plain.replace('{', '{"reason":"first",');
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(jsonOf(text)).toReversed()));
    expect(JSON.parse(reordered)).toEqual(JSON.parse(plain));
    for (const body of [twice, reordered, ` ${plain}`]) {
      expect(verdict(base64urlFromBytes(utf8(body)))).toBe('schema_unknown/record_malformed');
    }
  });

  it('31 a signature under another label is none', () => {
    const { signature: _signature, ...unsigned } = jsonOf(text);
    const signed = withSignature('lease', unsigned, key.secretKey);
    expect(verdict(base64urlFromBytes(canonicalBytes(signed)))).toBe('signature_invalid/signature');
  });

  it('random mutations of the text are never allowed and never throw', () => {
    const pick = seededIntegers(7);
    const bytes = bytesFromBase64url(text) ?? new Uint8Array(0);
    const allowed: string[] = [];
    for (let run = 0; run < 3000; run++) {
      const mutated = base64urlFromBytes(mutate(bytes, pick));
      if (mutated !== text && verdict(mutated) === 'allowed') {
        allowed.push(mutated);
      }
    }
    expect(allowed).toEqual([]);
  });

  it('damage that the client itself signs is judged and never throws', () => {
    const pick = seededIntegers(8);
    const { signature: _signature, ...unsigned } = jsonOf(text);
    const outcomes = new Set<string>();
    for (let run = 0; run < 2000; run++) {
      const damaged: JsonValue = mutateJson(unsigned, pick);
      const signed = typeof damaged === 'object' && damaged !== null && !Array.isArray(damaged);
      const json = signed ? withSignature('channel-envelope', damaged as JsonObject, key.secretKey) : damaged;
      outcomes.add(verdict(base64urlFromBytes(canonicalBytes(json))));
    }
    expect(outcomes.size).toBeGreaterThan(1);
  });
});
