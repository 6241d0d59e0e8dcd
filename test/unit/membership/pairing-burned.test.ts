import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { hash } from '../../../src/crypto/hash.ts';
import { sign } from '../../../src/crypto/sign.ts';
import {
  jsonFromOffer,
  jsonFromReveal,
  offerFromJson,
  openMessage,
  sealMessage,
} from '../../../src/membership/pairing/pairing-messages.ts';
import {
  createEphemeral,
  messageKey,
  pairingLifetimeMs,
  transcriptOf,
} from '../../../src/membership/pairing/pairing-session.ts';
import { type Inviter, createInviter, createJoiner, pairingSecretsOf } from '../../../src/membership/pairing.ts';
import type { InviterEffect } from '../../../src/membership/pairing/pairing-events.ts';
import { deviceFrom, seededBytes } from './fixtures.ts';
import {
  type Meeting,
  approve,
  bodyIn,
  createMeeting,
  createPlaces,
  effectOf,
  exchangeKeys,
  startMs,
} from './pairing-fixtures.ts';
import { expectBurned, logEvent, nothing } from './pairing-world.ts';

describe('what burns a code', () => {
  it('§10.29 wrong pairing code: signature_invalid, code burned', () => {
    const meeting = createMeeting(20, { joinerSecret: new Uint8Array(16).fill(1) });
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const effects = meeting.inviter.step({ type: 'message', slot: 1, body: m1 });
    expectBurned(meeting.inviter, effects, 'signature_invalid/pairing_message');
  });

  it.each([0, 1, 23, 24, 40, 200, 65_537])('§10.29 garbage of %i bytes: signature_invalid, code burned', (size) => {
    const meeting = createMeeting(21);
    const body = seededBytes(size)(size);
    const burnedInviter = meeting.inviter.step({ type: 'message', slot: 1, body });
    expectBurned(meeting.inviter, burnedInviter, 'signature_invalid/pairing_message');
    meeting.joiner.step({ type: 'start' });
    const burnedJoiner = meeting.joiner.step({ type: 'message', slot: 2, body });
    expectBurned(meeting.joiner, burnedJoiner, 'signature_invalid/pairing_message');
  });

  it('§10.29 garbage instead of m3, m4 and m5: signature_invalid, code burned', () => {
    const garbage = seededBytes(1)(300);
    const third = createMeeting(22);
    third.inviter.step({ type: 'message', slot: 1, body: bodyIn(third.joiner.step({ type: 'start' }), 1) });
    const burnedThird = third.inviter.step({ type: 'message', slot: 3, body: garbage });
    expectBurned(third.inviter, burnedThird, 'signature_invalid/pairing_message');
    const fourth = createMeeting(23);
    const { digits } = exchangeKeys(fourth);
    const burnedFourth = fourth.joiner.step({ type: 'message', slot: 4, body: garbage });
    expectBurned(fourth.joiner, burnedFourth, 'signature_invalid/pairing_message');
    approve(fourth, digits);
    const burnedFifth = fourth.inviter.step({ type: 'message', slot: 5, body: garbage });
    expectBurned(fourth.inviter, burnedFifth, 'signature_invalid/pairing_message', true);
  });

  it.each([0, 2, 3, 4, 5, 6, -1, 1.5, Number.NaN])('§10.29 a message in slot %d out of turn: code burned', (slot) => {
    const meeting = createMeeting(24);
    const effects = meeting.inviter.step({ type: 'message', slot, body: seededBytes(2)(64) });
    expectBurned(meeting.inviter, effects, 'signature_invalid/pairing_message');
  });

  it('§10.29 swapped reveal, rightly signed: signature_invalid, code burned', () => {
    const meeting = createMeeting(25);
    const psk = pskOf(25);
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const m3 = revealBy(deviceFrom(666), psk, m1, m2);
    const effects = meeting.inviter.step({ type: 'message', slot: 3, body: m3 });
    expectBurned(meeting.inviter, effects, 'signature_invalid/pairing_message');
  });

  it.each([
    ['label', { label: 'Other' }],
    ['suites', { suites: [1, 2] }],
    ['nonce', { n: base64urlFromBytes(new Uint8Array(32)) }],
    ['box key', { box: base64urlFromBytes(deviceFrom(1).box.publicKey) }],
    ['ephemeral key', { epk: base64urlFromBytes(deviceFrom(1).box.publicKey) }],
  ])('23 §10.29 a reveal with another %s than the one committed to: code burned', (_, fields) => {
    const effects = tamperReveal(26, (reveal) => ({ ...reveal, ...fields }));
    expectBurned(effects.inviter, effects.effects, 'signature_invalid/pairing_message');
  });

  it('§10.31 m3 signed by another key than it shows: signature_invalid, code burned', () => {
    const { inviter, effects } = tamperReveal(27, (reveal) => reveal, deviceFrom(666));
    expectBurned(inviter, effects, 'signature_invalid/pairing_message');
  });

  it('§10.30 a man in the middle who knows the code: the digits differ, code burned', () => {
    const { admin, places } = createPlaces(30);
    const secret = seededBytes(30)(16);
    const common = { secret, nowMs: startMs };
    const scopes = places.map((place) => place.state);
    const inviterOf = (seed: number) =>
      createInviter({ ...common, deviceId: admin.deviceId, scopes, trustCode: false, randomBytes: seededBytes(seed) });
    const joinerOf = (seed: number) =>
      createJoiner({ ...common, deviceKeys: deviceFrom(seed), label: 'Laptop', randomBytes: seededBytes(seed) });
    // The man in the middle is a joiner towards the inviter and an inviter towards the joiner.
    const honest = { inviter: inviterOf(31), joiner: joinerOf(32), newcomer: deviceFrom(32) };
    const middle = { inviter: inviterOf(33), joiner: joinerOf(34), newcomer: deviceFrom(34) };
    const shown = exchangeKeys({ admin, places, ...honest, inviter: middle.inviter });
    exchangeKeys({ admin, places, ...middle, inviter: honest.inviter });
    expect(honest.inviter.phase).toBe('waiting_approval');
    const effects = honest.inviter.step({ type: 'approve', digits: shown.digits });
    expectBurned(honest.inviter, effects, 'signature_invalid/pairing_digits');
  });

  it('29 who holds the code enters no scope of the inviter, and can invite the newcomer into scopes of its own', () => {
    const meeting = createMeeting(37);
    // Between the two, in place of the inviter, with scopes of its own and the digits that the newcomer reads out.
    const { places: own, inviter } = createMeeting(39, { secret: seededBytes(37 + 6000)(16) });
    const { digits } = exchangeKeys({ ...meeting, inviter });
    const { m4, places } = approve({ ...meeting, inviter, places: own }, digits);
    meeting.joiner.step({ type: 'message', slot: 4, body: m4 });
    const [, done] = places.map((place) => meeting.joiner.step(logEvent(place)));
    expect(meeting.joiner.phase).toBe('done');
    const joined = effectOf(done ?? [], 'done');
    expect('scopes' in joined && joined.scopes.map(({ state }) => state.scopeId)).toEqual(
      own.map(({ state }) => state.scopeId),
    );
    // The owner of the newcomer finds out by the inviter, which waits as before.
    expect(meeting.inviter.phase).toBe('waiting_commit');
  });

  it('§10.30 a relay that swaps the offer of one run for that of another gets no approval', () => {
    const meeting = createMeeting(35);
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const offer = offerFromJson(openMessage(messageKey(pskOf(35), 2), nothing, m2));
    expect(offer).toBeDefined();
    const altered = offer && jsonFromOffer({ ...offer, nonce: new Uint8Array(32) });
    const swapped = sealMessage(messageKey(pskOf(35), 2), nothing, altered ?? null, seededBytes(1));
    const m3 = bodyIn(meeting.joiner.step({ type: 'message', slot: 2, body: swapped }), 3);
    const effects = meeting.inviter.step({ type: 'message', slot: 3, body: m3 });
    expectBurned(meeting.inviter, effects, 'signature_invalid/pairing_message');
  });

  it.each(['', '12345', 'abcdef', '0000000'])('§10.30 digits %j that are not the ones shown: code burned', (typed) => {
    const meeting = createMeeting(36);
    exchangeKeys(meeting);
    const effects = meeting.inviter.step({ type: 'approve', digits: typed });
    expectBurned(meeting.inviter, effects, 'signature_invalid/pairing_digits');
  });

  it('19 two claimants of one code: burned for the inviter and for both of them', () => {
    const meeting = createMeeting(40);
    const rival = createMeeting(40, { newcomer: deviceFrom(41) }).joiner;
    const third = createJoiner({
      secret: seededBytes(6040)(16),
      deviceKeys: deviceFrom(42),
      label: 'Rival',
      randomBytes: seededBytes(42),
      nowMs: startMs,
    });
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const rivalM1 = bodyIn(rival.step({ type: 'start' }), 1);
    meeting.inviter.step({ type: 'message', slot: 1, body: m1 });
    const effects = meeting.inviter.step({ type: 'message', slot: 1, body: rivalM1 });
    expectBurned(meeting.inviter, effects, 'signature_invalid/code_burned');
    expectBurned(rival, rival.step({ type: 'message', slot: 1, body: m1 }), 'signature_invalid/code_burned');
    expectBurned(third, third.step({ type: 'message', slot: 1, body: m1 }), 'signature_invalid/code_burned');
    const seen = meeting.joiner.step({ type: 'message', slot: 1, body: rivalM1 });
    expectBurned(meeting.joiner, seen, 'signature_invalid/code_burned');
  });

  it('self-pairing: policy_denied/duplicate_device, on both sides', () => {
    const { admin } = createPlaces(50);
    const inviting = createMeeting(50, { newcomer: admin });
    const m1 = bodyIn(inviting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(inviting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const m3 = revealAs(50, inviting, m1, m2);
    expectBurned(
      inviting.inviter,
      inviting.inviter.step({ type: 'message', slot: 3, body: m3 }),
      'policy_denied/duplicate_device',
    );
    const effects = inviting.joiner.step({ type: 'message', slot: 2, body: m2 });
    expectBurned(inviting.joiner, effects, 'policy_denied/duplicate_device');
  });

  it('expired after ten minutes and not before: capability_expired/code_expired', () => {
    const meeting = createMeeting(51);
    exchangeKeys(meeting);
    const last = { type: 'time', nowMs: startMs + pairingLifetimeMs - 1 } as const;
    const over = { type: 'time', nowMs: startMs + pairingLifetimeMs } as const;
    expect([pairingLifetimeMs, meeting.inviter.expiresAtMs]).toEqual([600_000, startMs + 600_000]);
    expect([...meeting.inviter.step(last), ...meeting.joiner.step(last)]).toEqual([]);
    expectBurned(meeting.inviter, meeting.inviter.step(over), 'capability_expired/code_expired');
    expectBurned(meeting.joiner, meeting.joiner.step(over), 'capability_expired/code_expired');
  });

  it('26 tells when the code expires after the device was added', () => {
    const meeting = createMeeting(52);
    approve(meeting, exchangeKeys(meeting).digits);
    const over = { type: 'time', nowMs: startMs + pairingLifetimeMs } as const;
    expectBurned(meeting.inviter, meeting.inviter.step(over), 'capability_expired/code_expired', true);
  });

  it('18 reused: a code that served once, or was burned, answers nobody', () => {
    const used = createMeeting(53);
    complete(used);
    const late = createMeeting(53, { newcomer: deviceFrom(54) }).joiner;
    const m1 = bodyIn(late.step({ type: 'start' }), 1);
    expect(used.inviter.step({ type: 'message', slot: 1, body: m1 })).toEqual([]);
    expect(used.inviter.step({ type: 'approve', digits: '123456' })).toEqual([]);
    const denied = createMeeting(55);
    expectBurned(denied.inviter, denied.inviter.step({ type: 'deny' }), 'policy_denied/code_burned');
    const first = bodyIn(denied.joiner.step({ type: 'start' }), 1);
    expect(denied.inviter.step({ type: 'message', slot: 1, body: first })).toEqual([]);
    expect(denied.inviter.step({ type: 'deny' })).toEqual([]);
    expect(denied.joiner.step({ type: 'deny' })).toHaveLength(1);
    expect(denied.joiner.step({ type: 'start' })).toEqual([]);
  });

  it('a driver that cannot do what it was asked to burns the code with its reason', () => {
    const meeting = createMeeting(56);
    const refusal = { verdict: 'reject', reasonCode: 'relay_untrusted', detail: undefined, message: 'no' } as const;
    expect(meeting.inviter.step({ type: 'failed', refusal })).toEqual([{ type: 'burned', refusal, added: false }]);
    expect(meeting.joiner.step({ type: 'failed', refusal })).toEqual([{ type: 'burned', refusal, added: false }]);
  });

  it('weak ephemeral keys: signature_invalid, code burned', () => {
    const meeting = createMeeting(57);
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const weak = reseal(57, 2, m2, (offer) => ({ ...offer, epk: base64urlFromBytes(new Uint8Array(32)) }));
    const effects = meeting.joiner.step({ type: 'message', slot: 2, body: weak });
    expectBurned(meeting.joiner, effects, 'signature_invalid/pairing_message');
  });

  it('another cipher suite: migration_required', () => {
    const meeting = createMeeting(58);
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    const other = reseal(58, 2, m2, (offer) => ({
      ...offer,
      scopes: (offer['scopes'] as readonly JsonObject[]).map((scope) => ({ ...scope, suite: 2 })),
    }));
    const effects = meeting.joiner.step({ type: 'message', slot: 2, body: other });
    expectBurned(meeting.joiner, effects, 'migration_required/suite_unknown');
  });
});

function complete(meeting: Meeting): void {
  const { m4, places } = approve(meeting, exchangeKeys(meeting).digits);
  meeting.joiner.step({ type: 'message', slot: 4, body: m4 });
  const effects = places.flatMap((place) => meeting.joiner.step(logEvent(place)));
  meeting.inviter.step({ type: 'message', slot: 5, body: bodyIn(effects, 5) });
}

function pskOf(seed: number): Uint8Array {
  return pairingSecretsOf(seededBytes(seed + 6000)(16)).psk;
}

/** The message opened with the code, altered, and sealed again. */
function reseal(seed: number, slot: 2 | 3, body: Uint8Array, alter: (json: JsonObject) => JsonValue): Uint8Array {
  const key = messageKey(pskOf(seed), slot);
  const json = openMessage(key, nothing, body) as JsonObject;
  return sealMessage(key, nothing, alter(json), seededBytes(seed + 1));
}

/** A whole m3 of a device that never committed. */
function revealBy(device: ReturnType<typeof deviceFrom>, psk: Uint8Array, m1: Uint8Array, m2: Uint8Array): Uint8Array {
  const reveal = {
    keys: { sign: device.sign.publicKey, box: device.box.publicKey },
    ephemeralKey: deviceFrom(5).box.publicKey,
    nonce: new Uint8Array(32),
    label: 'Laptop',
    suites: [1],
    userHead: null,
  };
  const signature = sign(device.sign.secretKey, 'pair-sig', transcriptOf(m1, m2, reveal));
  const json = { reveal: jsonFromReveal(reveal), sig: base64urlFromBytes(signature) };
  return sealMessage(messageKey(psk, 3), nothing, json, seededBytes(9));
}

/** The m3 that the meeting's own joiner would send, without asking it: it stops on seeing itself in the offer. */
function revealAs(seed: number, meeting: Meeting, m1: Uint8Array, m2: Uint8Array): Uint8Array {
  const ephemeral = createEphemeral(seededBytes(seed + 8000));
  const reveal = {
    keys: { sign: meeting.newcomer.sign.publicKey, box: meeting.newcomer.box.publicKey },
    ephemeralKey: ephemeral.publicKey,
    nonce: ephemeral.nonce,
    label: 'Laptop',
    suites: [1],
    userHead: null,
  };
  const signature = sign(meeting.newcomer.sign.secretKey, 'pair-sig', transcriptOf(m1, m2, reveal));
  const json = { reveal: jsonFromReveal(reveal), sig: base64urlFromBytes(signature) };
  return sealMessage(messageKey(pskOf(seed), 3), nothing, json, seededBytes(9));
}

/** A true m3, its reveal altered and signed anew, so that only the commitment can find it. */
function tamperReveal(
  seed: number,
  alter: (reveal: JsonObject) => JsonObject,
  signer?: ReturnType<typeof deviceFrom>,
): { readonly inviter: Inviter; readonly effects: readonly InviterEffect[] } {
  const meeting = createMeeting(seed);
  const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
  const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
  const m3 = bodyIn(meeting.joiner.step({ type: 'message', slot: 2, body: m2 }), 3);
  const body = reseal(seed, 3, m3, (json) => {
    const reveal = alter(json['reveal'] as JsonObject);
    const transcript = hash('pair-t', m1, m2, canonicalBytes(reveal));
    const signature = sign((signer ?? meeting.newcomer).sign.secretKey, 'pair-sig', transcript);
    return { reveal, sig: base64urlFromBytes(signature) };
  });
  return { inviter: meeting.inviter, effects: meeting.inviter.step({ type: 'message', slot: 3, body }) };
}
