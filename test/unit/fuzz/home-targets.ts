import { base64urlFromBytes, bytesFromBase64url, textFromUtf8, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { signPairFromSeed } from '../../../src/crypto/keys.ts';
import { encodeKeyFile, openSeeds, parseKeyFile, sealSeeds } from '../../../src/daemon/keys/key-file-format.ts';
import { createHomeKeys } from '../../../src/daemon/keys/key-file.ts';
import { proveRecord } from '../../../src/log/proof.ts';
import { textFromProof } from '../../../src/log/read-proof.ts';
import { parseBatchSignature, textFromBatchSignature } from '../../../src/log/batch-signature.ts';
import { parseEnvelope } from '../../../src/membership/envelope/envelope-json.ts';
import { bodyHashOf, createEnvelope, refuseEnvelope } from '../../../src/membership/envelope/envelope.ts';
import { readToken, writeToken } from '../../../src/relay/registration/token.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import {
  auditEventsOf,
  batchOf,
  consistencyProofOf,
  createProofWorld,
  eventProofOf,
} from '../../vectors/proof-world.ts';
import { judge } from '../log/judge-proof.ts';
import { deviceFrom, seededBytes, valueOf } from '../membership/fixtures.ts';

const nowMs = Date.UTC(2026, 0, 1);
const homeKeys = createHomeKeys(seededBytes(1));
const fileKey = seededBytes(2)(32);
const protection = {
  kind: 'passphrase',
  memoryBytes: 64 * 1024 * 1024,
  operations: 3,
  salt: seededBytes(3)(16),
} as const;
const { deviceId } = homeKeys.device;
const sealedFile = sealSeeds({
  seeds: homeKeys.seeds,
  deviceId,
  protection,
  key: fileKey,
  randomBytes: seededBytes(4),
});

const signPair = signPairFromSeed(seededBytes(5)(32));
const facts = {
  ...{ channelId: 'urn:srcos:channel:editor', deviceId: deviceFrom(6).deviceId },
  profile: scopeIdFromBytes(seededBytes(7)(32)),
  policyBundleHash: `sha256:${'ab'.repeat(32)}`,
} as const;
const call = {
  command: 'agent.lease.grant',
  method: 'POST',
  path: '/v1/leases',
  origin: 'local',
  bodyHash: bodyHashOf(utf8('{}')),
} as const;
const envelope = createEnvelope({
  ...{ facts, call, surface: 'other', reason: 'a test', secretKey: signPair.secretKey, nowMs },
  randomBytes: seededBytes(8),
});
const envelopeJson = bytesFromBase64url(envelope) as Uint8Array;

const proofWorld = createProofWorld();
const recordProof = valueOf(proveRecord(batchOf(proofWorld, 6), proofWorld.epochKey, 3, proofWorld.entries));
const proofEvents = auditEventsOf(proofWorld, 9);
const proofs = [
  recordProof,
  eventProofOf(proofWorld, proofEvents, 4, 7),
  consistencyProofOf(proofWorld, proofEvents, 3, 7),
].map((proof) => utf8(valueOf(textFromProof(proof))));

const tokenKey = seededBytes(9)(32);
const token = writeToken(tokenKey, { tokenId: 'ab'.repeat(8), expiresAtSeconds: 2_000_000_000, scopes: 3 });

const json = {
  read: (bytes: Uint8Array): JsonValue => JSON.parse(textFromUtf8(bytes) ?? 'null') as JsonValue,
  write: (value: JsonValue): Uint8Array => canonicalBytes(value),
};
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What comes from files, command lines and the local API. */
export const homeTargets: readonly FuzzTarget[] = [
  {
    name: 'a sealed key file',
    runs: 15_000,
    samples: [utf8(encodeKeyFile(sealedFile))],
    json: { ...json, write: (value) => utf8(`${latin(canonicalBytes(value))}\n`) },
    accepts: 'samples',
    judge(bytes) {
      const parsed = parseKeyFile(latin(bytes));
      const seeds = parsed.ok && parsed.value.kind === 'sealed' ? openSeeds(parsed.value, fileKey) : undefined;
      return seeds && utf8(encodeKeyFile({ kind: 'bare', seeds }));
    },
  },
  {
    name: 'a bare key file',
    runs: 15_000,
    samples: [utf8(encodeKeyFile({ kind: 'bare', seeds: homeKeys.seeds }))],
    json,
    accepts: 'canonical',
    judge(bytes) {
      const parsed = parseKeyFile(latin(bytes));
      if (!parsed.ok || parsed.value.kind !== 'bare') {
        return undefined;
      }
      // A file of the first version may be laid out by hand; what it says must read back the same.
      const again = parseKeyFile(encodeKeyFile(parsed.value));
      return again.ok && encodeKeyFile(again.value) === encodeKeyFile(parsed.value) ? bytes : new Uint8Array(0);
    },
  },
  {
    name: 'an envelope of a privileged call',
    runs: 12_000,
    samples: [envelopeJson],
    json,
    accepts: 'samples',
    judge(bytes) {
      const parsed = parseEnvelope(base64urlFromBytes(bytes));
      const context = { facts, publicKey: signPair.publicKey, nowMs, isUsed: () => false };
      return parsed.ok && refuseEnvelope(parsed.value, call, context) === undefined ? bytes : undefined;
    },
  },
  {
    name: 'a proof',
    runs: 10_000,
    samples: proofs,
    json,
    accepts: 'samples',
    judge(bytes) {
      return judge(textFromUtf8(bytes) ?? '', proofWorld.scope.rootKeys.sign).ok ? bytes : undefined;
    },
  },
  {
    name: 'a batch signature as text',
    runs: 10_000,
    samples: [utf8(textFromBatchSignature(recordProof.signature))],
    accepts: 'canonical',
    judge(bytes) {
      const parsed = parseBatchSignature(latin(bytes));
      return parsed.ok ? utf8(textFromBatchSignature(parsed.value)) : undefined;
    },
  },
  {
    name: 'a registration token',
    runs: 20_000,
    samples: [utf8(token)],
    accepts: 'samples',
    judge(bytes) {
      const read = readToken(tokenKey, latin(bytes));
      return read && utf8(writeToken(tokenKey, read));
    },
  },
];
