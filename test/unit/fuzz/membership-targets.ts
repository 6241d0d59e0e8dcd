import { base64urlFromBytes, bytesFromBase64url, concat, textFromUtf8, u32, utf8 } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { hash } from '../../../src/crypto/hash.ts';
import type { KeyPair } from '../../../src/crypto/keys.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { commitmentOf } from '../../../src/membership/parse/commitment.ts';
import { createResolve, createRole, createRotate } from '../../../src/membership/log/create.ts';
import { jsonFromEntry } from '../../../src/membership/parse/entry-json.ts';
import { parseEntry } from '../../../src/membership/parse/entry-codec.ts';
import { openPreviousKey, openWrap, sealPreviousKey, wrapEpochKey } from '../../../src/membership/log/epoch.ts';
import { openLabel, sealLabel } from '../../../src/membership/parse/labels.ts';
import { decodePairingCode, encodePairingCode } from '../../../src/membership/pairing/pairing-code.ts';
import { appendEntry, openScope } from '../../../src/membership/log/scope-log.ts';
import { openScopeRoot, sealScopeRoot } from '../../../src/membership/parse/scope-root.ts';
import { headOf } from '../../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import {
  createHousehold,
  deviceFrom,
  positionAfter,
  rootFrom,
  seededBytes,
  signedBy,
  valueOf,
} from '../membership/fixtures.ts';

const household = createHousehold(900);
const { admin, second, writer, root, epochKey, newEpochKey } = household;
const [state0, state1, state2] = household.states;
const keys = { epochKey, newEpochKey };
const newcomer = deviceFrom(901);
const fork = createRotate({ state: state2, signer: second, ...keys });

interface EntryCase {
  readonly type: string;
  readonly entry: Uint8Array;
  readonly before: ScopeState | undefined;
  readonly signer: KeyPair;
}

const cut = { sequence: 3, batchId: null };

/** Each kind of entry, the log it is offered to (none for a genesis), and whose signature it bears. */
const entryCases: readonly EntryCase[] = [
  { type: 'genesis', entry: household.entries[0], before: undefined, signer: root.sign },
  { type: 'add', entry: household.entries[1], before: state0, signer: admin.sign },
  { type: 'second add', entry: household.entries[2], before: state1, signer: admin.sign },
  { type: 'revoke', entry: household.entries[3], before: state2, signer: admin.sign },
  {
    type: 'role',
    entry: createRole({
      ...{ state: state2, signer: admin, subject: writer.deviceId, role: 'admin', authorities: ['lease'], cut: null },
    }),
    before: state2,
    signer: admin.sign,
  },
  {
    type: 'role with a cut',
    entry: createRole({
      ...{ state: state2, signer: admin, subject: second.deviceId, role: 'reader', authorities: [] },
      cut: { ...cut, sequence: 0 },
    }),
    before: state2,
    signer: admin.sign,
  },
  {
    type: 'rotate',
    entry: createRotate({ state: state2, signer: admin, ...keys }),
    before: state2,
    signer: admin.sign,
  },
  {
    type: 'suite',
    entry: signedBy(admin, { t: 'suite', ...positionAfter(state2, admin), minimum: 2 }),
    before: state2,
    signer: admin.sign,
  },
  {
    type: 'resolve',
    entry: createResolve({ state: state2, root, drop: [headOf(valueOf(appendEntry(state2, fork)))] }),
    before: state2,
    signer: root.sign,
  },
];

/** A suite above 1 is understood and not provided: it is read, and its log stops there. */
const isTaken = ({ before, type }: EntryCase, bytes: Uint8Array): boolean => {
  const result = before === undefined ? openScope(bytes) : appendEntry(before, bytes);
  return result.ok ? before === undefined || result.value !== before : type === 'suite' && isUnknownSuite(result.error);
};

const isUnknownSuite = ({ detail }: { readonly detail?: string | undefined }): boolean => detail === 'suite_unknown';

/** Entries as a relay could hand them over, and as an administrator gone bad could sign them. */
const entryTargets: readonly FuzzTarget[] = entryCases.flatMap((each) => [
  {
    name: `the membership entry ${each.type}`,
    runs: 7_000,
    samples: [each.entry],
    json: { read: jsonOf, write: (json: JsonValue) => framed(json, each.entry.subarray(-64)) },
    accepts: 'samples' as const,
    judge: (bytes: Uint8Array) => (isTaken(each, bytes) ? bytes : undefined),
  },
  {
    name: `the membership entry ${each.type}, signed again by its author`,
    runs: 1_200,
    samples: [each.entry],
    json: { read: jsonOf, write: (json: JsonValue) => signedFrame(json, each.signer) },
    accepts: 'canonical' as const,
    judge(bytes: Uint8Array) {
      if (!isTaken(each, bytes)) {
        return undefined;
      }
      const parsed = parseEntry(bytes);
      return parsed.ok ? framed(jsonFromEntry(parsed.value.entry), parsed.value.signature) : new Uint8Array(0);
    },
  },
]);

function jsonOf(entry: Uint8Array): JsonValue {
  return JSON.parse(textFromUtf8(entry.subarray(4, -64)) ?? 'null') as JsonValue;
}

function framed(json: JsonValue, signature: Uint8Array): Uint8Array {
  const bytes = canonicalBytes(json);
  return concat([u32(bytes.length), bytes, signature]);
}

function signedFrame(json: JsonValue, { secretKey }: KeyPair): Uint8Array {
  return framed(json, sign(secretKey, 'scope-entry-sig', hash('scope-entry', canonicalBytes(json))));
}

const genesisNonce = seededBytes(902)(32);
const key = seededBytes(903)(32);
const previousKey = seededBytes(904)(32);
const opening = {
  ...{ genesisNonce, epoch: 2, recipient: newcomer.deviceId, box: newcomer.box },
  commitment: commitmentOf(key, genesisNonce, 2),
};
const labelContext = { epochKey: key, genesisNonce, epoch: 2, deviceId: newcomer.deviceId };
const userRoot = rootFrom(905);
const code = encodePairingCode({ secret: seededBytes(906)(16), relayUrl: 'wss://relay.example:8443' });

/** Texts that are base64url of something sealed are damaged as what they stand for. */
const sealedTargets: readonly FuzzTarget[] = [
  {
    name: 'a wrap of an epoch key',
    runs: 8_000,
    samples: [
      sealedBytes(
        wrapEpochKey({ key, genesisNonce, epoch: 2, recipient: newcomer.deviceId, boxKey: newcomer.box.publicKey }),
      ),
    ],
    accepts: 'samples',
    judge(bytes) {
      const opened = openWrap({ ...opening, wrap: base64urlFromBytes(bytes) });
      return opened.ok ? opened.value : undefined;
    },
  },
  {
    name: 'the key of the epoch before',
    runs: 10_000,
    samples: [sealedBytes(sealPreviousKey({ key, genesisNonce, epoch: 2, previousKey }))],
    accepts: 'samples',
    judge(bytes) {
      const previousCommitment = commitmentOf(previousKey, genesisNonce, 1);
      const opened = openPreviousKey({
        ...{ key, genesisNonce, epoch: 2, previousCommitment },
        sealed: base64urlFromBytes(bytes),
      });
      return opened.ok ? opened.value : undefined;
    },
  },
  {
    name: 'a label',
    runs: 12_000,
    samples: [sealedBytes(sealLabel({ ...labelContext, label: 'Desk' }))],
    accepts: 'samples',
    judge(bytes) {
      const opened = openLabel({ ...labelContext, sealed: base64urlFromBytes(bytes) });
      return opened.ok ? utf8(opened.value) : undefined;
    },
  },
  {
    name: 'the sealed secret of a scope root',
    runs: 5_000,
    samples: [sealedBytes(sealScopeRoot(userRoot.box.publicKey, seededBytes(907)(32)))],
    accepts: 'samples',
    judge: (bytes) => openScopeRoot(userRoot, base64urlFromBytes(bytes))?.sign.publicKey,
  },
  {
    name: 'a pairing code',
    runs: 20_000,
    samples: [utf8(code)],
    accepts: 'canonical',
    judge(bytes) {
      const read = decodePairingCode(Buffer.from(bytes).toString('latin1'));
      if (!read.ok) {
        return undefined;
      }
      // People type it: case, spaces, hyphens and look-alikes are forgiven, so that only what it says must be stable.
      const again = decodePairingCode(encodePairingCode(read.value));
      return again.ok && sameCode(again.value, read.value) ? bytes : new Uint8Array(0);
    },
  },
];

function sameCode(
  left: { secret: Uint8Array; relayUrl: string },
  right: { secret: Uint8Array; relayUrl: string },
): boolean {
  return left.relayUrl === right.relayUrl && Buffer.compare(left.secret, right.secret) === 0;
}

function sealedBytes(text: string): Uint8Array {
  return bytesFromBase64url(text) as Uint8Array;
}

/** The membership log, and what is sealed in it or beside it. */
export const membershipTargets: readonly FuzzTarget[] = [...entryTargets, ...sealedTargets];
