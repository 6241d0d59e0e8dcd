import { describe, expect, it } from 'vitest';
import {
  base64urlFromBytes,
  bytesFromBase64url,
  concat,
  equalBytes,
  textFromUtf8,
  u32,
} from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { Result } from '../../../src/base/result.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sign } from '../../../src/crypto/sign.ts';
import { commitmentOf } from '../../../src/membership/commitment.ts';
import { openWrap, wrapEpochKey } from '../../../src/membership/epoch.ts';
import { openLabel, sealLabel } from '../../../src/membership/labels.ts';
import { startInviter, stepInviter } from '../../../src/membership/pairing-inviter.ts';
import { startJoiner, stepJoiner } from '../../../src/membership/pairing-joiner.ts';
import { openMessage, sealMessage } from '../../../src/membership/pairing-messages.ts';
import { messageKey } from '../../../src/membership/pairing-session.ts';
import { decodePairingCode, encodePairingCode } from '../../../src/membership/pairing.ts';
import { appendEntry, openScope } from '../../../src/membership/scope-log.ts';
import { createHousehold, deviceFrom, seededBytes, seededIntegers } from './fixtures.ts';
import { damage, mutate } from './mutate.ts';
import { bodyIn, createPlaces, effectOf, enrol, startMs } from './pairing-fixtures.ts';

const bytes0 = new Uint8Array(0);
const household = createHousehold(1);
const pairing = pairingRun();
const [state0, state1, state2] = household.states;

/** Each wire object with the question that only the true bytes may pass. */
const targets: readonly (readonly [
  name: string,
  runs: number,
  bytes: Uint8Array,
  accepts: (bytes: Uint8Array) => boolean,
])[] = [
  ['genesis', 3000, household.entries[0], (bytes) => openScope(bytes).ok],
  ['genesis against the log', 1000, household.entries[0], (bytes) => appendEntry(state2, bytes).ok],
  ['add', 3000, household.entries[1], (bytes) => appendEntry(state0, bytes).ok],
  ['second add', 2000, household.entries[2], (bytes) => appendEntry(state1, bytes).ok],
  ['revoke', 3000, household.entries[3], (bytes) => appendEntry(state2, bytes).ok],
  ...pairingTargets(),
  ...sealedTargets(),
];

describe('random mutations', () => {
  it('run at least 20,000 times', () => {
    expect(targets.reduce((sum, [, runs]) => sum + runs, 0)).toBeGreaterThanOrEqual(20_000);
  });

  it.each(targets)('of %s (%i) are never accepted and never throw', (_, runs, bytes, accepts) => {
    const pick = seededIntegers(runs);
    const accepted: Uint8Array[] = [];
    expect(accepts(bytes)).toBe(true);
    for (let run = 0; run < runs; run++) {
      const mutated = mutate(bytes, pick);
      if (!equalBytes(mutated, bytes) && accepts(mutated)) {
        accepted.push(mutated);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('of an entry by an admin who signs the damage are judged and never throw', () => {
    const pick = seededIntegers(5);
    const outcomes = new Map<string, number>();
    for (let run = 0; run < 3000; run++) {
      const index = pick(3) + 1;
      const before = household.states[index - 1] ?? state0;
      const json = JSON.parse(textFromUtf8((household.entries[index] ?? bytes0).subarray(4, -64)) ?? '') as JsonValue;
      const outcome = verdictOf(appendEntry(before, signedByAdmin(damage(json, pick))));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.size).toBeGreaterThan(5);
  });
});

describe('random content from one who knows the code', () => {
  it.each(knownMessages())('as m%i is judged and never throws', (slot, json, take) => {
    const pick = seededIntegers(slot);
    const phases = new Set<string>();
    for (let run = 0; run < 500; run++) {
      phases.add(take(damage(json, pick)));
    }
    expect([...phases]).toContain('burned');
  });

  it('a mutated pairing code is refused, or reads as a whole code', () => {
    const pick = seededIntegers(12);
    const text = encodePairingCode({ secret: seededBytes(12)(16), relayUrl: 'ws://127.0.0.1:4870' });
    let accepted = 0;
    for (let run = 0; run < 2000; run++) {
      const read = decodePairingCode(Buffer.from(mutate(Buffer.from(text), pick)).toString('latin1'));
      accepted += read.ok && encodePairingCode(read.value) !== text ? 1 : 0;
    }
    expect(accepted).toBeLessThan(5);
  });
});

interface Taking {
  readonly slot: 1 | 2 | 3 | 4 | 5;
  readonly body: Uint8Array;
  /** Key and additional data of the message. */
  readonly key: Uint8Array;
  readonly aad: Uint8Array;
  /** The phase after taking a body in place of the true one. */
  readonly take: (body: Uint8Array) => string;
}

/** A whole pairing, kept at every step, so that each message can be replaced. */
function pairingRun(): {
  readonly taking: readonly Taking[];
  readonly takesAdd: (entry: Uint8Array) => boolean;
  readonly add: Uint8Array;
} {
  const { admin, places } = createPlaces(2);
  const secret = seededBytes(3)(16);
  const scopes = places.map((place) => place.state);
  const common = { secret, nowMs: startMs };
  const inviting = { ...common, deviceId: admin.deviceId, scopes, trustCode: true, randomBytes: seededBytes(4) };
  const joining = { ...common, deviceKeys: deviceFrom(5), label: 'Laptop', randomBytes: seededBytes(6) };
  const e0 = startInviter(inviting);
  const [n1, commit] = stepJoiner(startJoiner(joining), { type: 'start' });
  const m1 = bodyIn(commit, 1);
  const [e1, offer] = stepInviter(e0, { type: 'message', slot: 1, body: m1 });
  const m2 = bodyIn(offer, 2);
  const [n2, reveal] = stepJoiner(n1, { type: 'message', slot: 2, body: m2 });
  const m3 = bodyIn(reveal, 3);
  const [e2, append] = stepInviter(e1, { type: 'message', slot: 3, body: m3 });
  const enrolled = enrol(places, effectOf(append, 'append_add').member);
  const [e3, announce] = stepInviter(e2, { type: 'added', scopes: enrolled.map((place) => place.state) });
  const m4 = bodyIn(announce, 4);
  const [n3] = stepJoiner(n2, { type: 'message', slot: 4, body: m4 });
  const [n4] = stepJoiner(n3, logOf(enrolled[0]));
  const [, joined] = stepJoiner(n4, logOf(enrolled[1]));
  const m5 = bodyIn(joined, 5);
  const session = 'session' in n2 ? n2.session : undefined;
  const late = { key: session?.key ?? bytes0, aad: session?.transcript ?? bytes0 };
  const asInviter = (
    state: typeof e0,
    slot: Taking['slot'],
    body: Uint8Array,
    key: Uint8Array,
    aad: Uint8Array = bytes0,
  ): Taking => {
    const take = (other: Uint8Array): string => stepInviter(state, { type: 'message', slot, body: other })[0].phase;
    return { slot, body, key: messageKey(key, slot), aad, take };
  };
  const asJoiner = (
    state: typeof n1,
    slot: Taking['slot'],
    body: Uint8Array,
    key: Uint8Array,
    aad: Uint8Array = bytes0,
  ): Taking => {
    const take = (other: Uint8Array): string => stepJoiner(state, { type: 'message', slot, body: other })[0].phase;
    return { slot, body, key: messageKey(key, slot), aad, take };
  };
  const [genesis = bytes0, add = bytes0] = enrolled[0]?.entries ?? [];
  return {
    taking: [
      asInviter(e0, 1, m1, e0.psk),
      asJoiner(n1, 2, m2, e0.psk),
      asInviter(e1, 3, m3, e0.psk),
      asJoiner(n2, 4, m4, late.key, late.aad),
      asInviter(e3, 5, m5, late.key, late.aad),
    ],
    add,
    takesAdd: (entry) => stepJoiner(n3, { ...logOf(enrolled[0]), entries: [genesis, entry] })[0].phase === 'fetching',
  };
}

function pairingTargets(): readonly (typeof targets)[number][] {
  return [
    ...pairing.taking.map(
      ({ slot, body, take }) => [`m${slot}`, 1500, body, (other: Uint8Array) => take(other) !== 'burned'] as const,
    ),
    ['an add in the fetched log', 500, pairing.add, pairing.takesAdd],
  ];
}

/** The content of each message, and what becomes of a machine that takes other content under the right key. */
function knownMessages(): readonly (readonly [Taking['slot'], JsonValue, (json: JsonValue) => string])[] {
  return pairing.taking.map(({ slot, body, key, aad, take }) => [
    slot,
    openMessage(key, aad, body) ?? null,
    (json) => take(sealMessage(key, aad, json, seededBytes(slot))),
  ]);
}

function logOf(place: ReturnType<typeof enrol>[number] | undefined): {
  readonly type: 'log';
  readonly scopeId: typeof state0.scopeId;
  readonly entries: readonly Uint8Array[];
} {
  return { type: 'log', scopeId: place?.state.scopeId ?? state0.scopeId, entries: place?.entries ?? [] };
}

function sealedTargets(): readonly (typeof targets)[number][] {
  const device = deviceFrom(9);
  const key = seededBytes(10)(32);
  const genesisNonce = seededBytes(11)(32);
  const recipient = device.deviceId;
  const wrap = wrapEpochKey({ key, genesisNonce, epoch: 1, recipient, boxKey: device.box.publicKey });
  const opening = {
    genesisNonce,
    epoch: 1,
    recipient,
    box: device.box,
    commitment: commitmentOf(key, genesisNonce, 1),
  };
  const context = { epochKey: key, genesisNonce, epoch: 1, deviceId: device.deviceId };
  const label = sealLabel({ ...context, label: 'Desk' });
  return [
    ['a wrap', 1500, decoded(wrap), (bytes) => openWrap({ ...opening, wrap: base64urlFromBytes(bytes) }).ok],
    ['a label', 1500, decoded(label), (bytes) => openLabel({ ...context, sealed: base64urlFromBytes(bytes) }).ok],
  ];
}

function decoded(text: string): Uint8Array {
  return bytesFromBase64url(text) ?? bytes0;
}

function signedByAdmin(json: JsonValue): Uint8Array {
  const entryBytes = canonicalBytes(json);
  const signature = sign(household.admin.sign.secretKey, 'scope-entry-sig', hash('scope-entry', entryBytes));
  return concat([u32(entryBytes.length), entryBytes, signature]);
}

function verdictOf(
  result: Result<unknown, { readonly reasonCode: string; readonly detail: string | undefined }>,
): string {
  return result.ok ? 'accepted' : `${result.error.reasonCode}/${result.error.detail}`;
}
