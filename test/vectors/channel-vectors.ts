import { utf8 } from '../../src/base/bytes.ts';
import { scopeIdFromBytes } from '../../src/base/ids.ts';
import { deviceKeysFromSeeds, signPairFromSeed } from '../../src/crypto/keys.ts';
import { parseEnvelope } from '../../src/membership/envelope/envelope-json.ts';
import { bodyHashOf, createEnvelope, refuseEnvelope } from '../../src/membership/envelope/envelope.ts';
import { reasonText } from '../../src/contract/verdict.ts';
import type { VectorSet } from './vectors.ts';

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const facts = {
  channelId: 'urn:srcos:channel:editor',
  deviceId: deviceKeysFromSeeds(filled(1), filled(2), filled(3)).deviceId,
  profile: scopeIdFromBytes(filled(4)),
  policyBundleHash: `sha256:${'ab'.repeat(32)}`,
};
const nowMs = Date.UTC(2026, 0, 1);

/** The header of a privileged call, and what becomes of it when the body is another. */
export const envelopeVectors: VectorSet = {
  name: 'envelope',
  about: 'SourceChannel envelope of a call, signed with the key of seed 05…; randomness is 06…, the time 2026-01-01',
  inputs: ['{"agent":"a"}', ''].map((body) => ({ body, method: 'POST', path: '/v1/leases', ...facts })),
  compute({ body, method, path }) {
    const pair = signPairFromSeed(filled(5));
    const bodyHash = bodyHashOf(utf8(String(body)));
    const call = { command: 'agent.lease.grant', method: String(method), path: String(path), origin: 'local', bodyHash } as const;
    const header = createEnvelope({
      ...{ facts, call, surface: 'other', reason: 'a vector', secretKey: pair.secretKey, nowMs },
      randomBytes: (size) => new Uint8Array(size).fill(6),
    });
    const parsed = parseEnvelope(header);
    const judged = (asked: typeof call): string => {
      const context = { facts, publicKey: pair.publicKey, nowMs, isUsed: () => false };
      const refusal = parsed.ok ? refuseEnvelope(parsed.value, asked, context) : parsed.error;
      return refusal === undefined ? 'allowed' : reasonText(refusal);
    };
    const swapped = { ...call, bodyHash: bodyHashOf(utf8('{}')) };
    return { bodyHash, header, verdict: judged(call), bodySwapped: judged(swapped) };
  },
};
