import { concat, textFromUtf8, utf8, viewOf } from '../../../src/base/bytes.ts';
import { canonicalBytes, parseCanonical } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { AuditEvent } from '../../../src/contract/audit.ts';
import { admitChange } from '../../../src/admission/admit-change.ts';
import { admitBatch } from '../../../src/admission/admit-batch.ts';
import { traceBatch } from '../../../src/admission/trace.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sealAead } from '../../../src/crypto/seal.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { verifyAuditChain } from '../../../src/log/audit.ts';
import { checkpointFromJson, checkpointJson, witnessFault } from '../../../src/log/audit-checkpoint.ts';
import { decodeBody, encodeBody } from '../../../src/log/body.ts';
import { decodeChange, encodeChange } from '../../../src/log/change.ts';
import { decodeBatch, encodeHeader, headerSizeBytes, joinBatch } from '../../../src/log/header.ts';
import { decodeMeta, encodeMeta } from '../../../src/log/meta.ts';
import { batchKeyOf, openBatch } from '../../../src/log/sealing.ts';
import { verifyBatch } from '../../../src/log/verify.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import { bob, context, createScope, change as exampleChange, seal as sealFor, view } from '../admission/world.ts';
import {
  auditChain,
  checkpointOf,
  createWorld,
  decoded,
  emptyChain,
  exampleChange as noteChange,
  exampleParent,
  exampleRecords,
  seal,
} from '../log/setup.ts';

const world = createWorld();
const batches = [seal(world).bytes, seal(world, { records: exampleRecords(40) }).bytes];
const records = exampleRecords(12);
const sealed = decoded(seal(world, { records }).bytes);
const { header, headerBytes } = sealed;
const batchKey = batchKeyOf(world.epochKey, header.scopeId, header.deviceId, header.sequence, header.salt);
const scope = createScope();
const changes = [
  encodeChange(noteChange()),
  encodeChange(noteChange({ operation: 'patch', parents: [exampleParent()], value: [{ op: 'remove', path: '/a' }] })),
];
const admitted = encodeChange(exampleChange());
const inProfile = context({ scope });
const metas = [
  encodeMeta({ stamp: noteChange().stamp, frontier: {}, audit: null, scopes: [] }),
  encodeMeta({
    stamp: noteChange().stamp,
    frontier: { [world.bob.deviceId]: [3, sealed.batchId] },
    audit: checkpointOf(world.bob, auditChain(world.bob.deviceId, 3)),
    scopes: [],
  }),
];
const events = auditChain(world.bob.deviceId, 3);
const checkpoint = checkpointOf(world.bob, events);
const auditHead = { count: 3, head: events[2]?.eventHash ?? null };

const json = {
  read: (bytes: Uint8Array): JsonValue => JSON.parse(textFromUtf8(bytes) ?? 'null') as JsonValue,
  write: (value: JsonValue): Uint8Array => canonicalBytes(value),
};

/** Batches and everything inside them. */
export const batchTargets: readonly FuzzTarget[] = [
  {
    name: 'a batch, by what is public',
    runs: 50_000,
    samples: batches,
    accepts: 'samples',
    judge(bytes) {
      const batch = decodeBatch(bytes);
      return batch.ok && verifyBatch(batch.value, world.scope, emptyChain).verdict === 'accept' ? bytes : undefined;
    },
  },
  {
    name: 'a batch, as it is admitted and explained',
    runs: 15_000,
    samples: [sealFor(scope).bytes],
    accepts: 'samples',
    judge(bytes) {
      const admission = admitBatch(bytes, view(scope));
      const explained = traceBatch(bytes, view(scope)).at(-1);
      if (admission.kind === 'refused' && explained?.step !== admission.step) {
        throw new Error(`admission ends at ${admission.step}, its explanation at ${explained?.step}`);
      }
      return admission.kind === 'refused' ? undefined : bytes;
    },
  },
  {
    name: 'a header that its own device signed again',
    runs: 12_000,
    samples: [headerBytes],
    accepts: 'canonical',
    judge(mutated) {
      const signature = sign(bob.sign.secretKey, 'batch-sig', hash('batch', mutated));
      const batch = decodeBatch(joinBatch(mutated.slice(0, headerSizeBytes), signature, sealed.ciphertext));
      return batch.ok && mutated.length === headerSizeBytes ? encodeHeader(batch.value.header) : undefined;
    },
  },
  {
    name: 'a ciphertext under the right header',
    runs: 25_000,
    samples: [sealed.ciphertext],
    accepts: 'samples',
    judge(ciphertext) {
      const opened = openBatch({ ...sealed, ciphertext }, world.epochKey);
      return opened.ok ? encodeBody(opened.value) : undefined;
    },
  },
  {
    name: 'a body that a member sealed again under the right root',
    runs: 40_000,
    samples: [encodeBody(records), plainBody(records)],
    accepts: 'samples',
    judge(body) {
      const additional = headerBytes.subarray(0, 184);
      const ciphertext = sealAead(batchKey, header.salt.subarray(0, 24), additional, body);
      const opened = openBatch({ ...sealed, ciphertext }, world.epochKey);
      return opened.ok ? encodeBody(opened.value) : undefined;
    },
  },
  {
    name: 'a body before anything is verified',
    runs: 60_000,
    samples: [plainBody(records)],
    accepts: 'canonical',
    judge(body) {
      const decodedBody = decodeBody(body);
      // A compressed body has as many encodings as there are compressors; its root is what counts.
      return decodedBody.ok ? (body[0] === 0 ? plainBody(decodedBody.value) : body) : undefined;
    },
  },
  {
    name: 'a change',
    runs: 60_000,
    samples: changes,
    json,
    accepts: 'canonical',
    judge(bytes) {
      const change = decodeChange(bytes);
      return change.ok ? encodeChange(change.value) : undefined;
    },
  },
  {
    name: 'a change, as it is admitted',
    runs: 15_000,
    samples: [admitted],
    json,
    accepts: 'canonical',
    judge(bytes) {
      const admission = admitChange(bytes, inProfile);
      return admission.kind === 'admitted' ? encodeChange(admission.change) : undefined;
    },
  },
  {
    name: 'a meta record',
    runs: 50_000,
    samples: metas,
    json,
    accepts: 'canonical',
    judge(bytes) {
      const meta = decodeMeta(bytes);
      return meta.ok ? encodeMeta(meta.value) : undefined;
    },
  },
  {
    name: 'an audit checkpoint of another device',
    runs: 8_000,
    samples: [canonicalBytes(checkpointJson(checkpoint))],
    json,
    accepts: 'samples',
    judge(bytes) {
      const parsed = parseCanonical(bytes);
      const said = parsed.ok ? checkpointFromJson(parsed.value) : undefined;
      const fault = said && witnessFault(said, world.bob.sign.publicKey, [], undefined);
      return said !== undefined && fault === undefined ? canonicalBytes(checkpointJson(said)) : undefined;
    },
  },
  {
    name: 'an audit chain against its head',
    runs: 10_000,
    samples: [canonicalBytes(events.map((event) => ({ ...event })))],
    json,
    accepts: 'samples',
    judge(bytes) {
      const chain = arrayOf(bytes);
      return chain !== undefined && verifyAuditChain(chain, auditHead).ok ? canonicalBytes(chain as never) : undefined;
    },
  },
];

/** Events as the store would give them: whatever opens as JSON objects. */
function arrayOf(bytes: Uint8Array): AuditEvent[] | undefined {
  try {
    const value = JSON.parse(textFromUtf8(bytes) ?? '') as unknown;
    return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
      ? (value as AuditEvent[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** A body that is not compressed, laid out by hand as SPEC.md of the log says. */
function plainBody(list: readonly Uint8Array[]): Uint8Array {
  const parts = list.flatMap((record) => [number(record.length), record]);
  const content = concat([number(list.length), ...parts]);
  const start = concat([utf8('\u0000'), number(content.length), number(content.length), content]);
  const body = new Uint8Array(padded(start.length));
  body.set(start);
  return body;
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value);
  return bytes;
}

/** PADMÉ, at least 256. */
function padded(size: number): number {
  const exponent = Math.floor(Math.log2(size));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.max(256, Math.ceil(size / step) * step);
}
