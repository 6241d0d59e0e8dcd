import { canonicalBytes, parseCanonical } from '../../../src/base/canonical-json.ts';
import type { ScopeId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { startInviter, stepInviter } from '../../../src/membership/pairing/pairing-inviter.ts';
import { startJoiner, stepJoiner } from '../../../src/membership/pairing/pairing-joiner.ts';
import { openMessage, sealMessage } from '../../../src/membership/pairing/pairing-messages.ts';
import { messageKey } from '../../../src/membership/pairing/pairing-session.ts';
import type { FuzzTarget } from '../../helpers/fuzz.ts';
import { deviceFrom, seededBytes } from '../membership/fixtures.ts';
import { type Place, bodyIn, createPlaces, effectOf, enrol, startMs } from '../membership/pairing-fixtures.ts';

const bytes0 = new Uint8Array(0);
const pairing = pairingRun();

/** Messages of a pairing as a relay could alter them, and as one who knows the code could make them. */
export const pairingTargets: readonly FuzzTarget[] = [
  ...pairing.taking.flatMap(({ slot, body, key, aad, take }): readonly FuzzTarget[] => [
    {
      name: `pairing message ${slot}`,
      runs: 4_000,
      samples: [body],
      accepts: 'samples',
      judge: (bytes) => (take(bytes) === 'burned' ? undefined : bytes),
    },
    {
      name: `pairing message ${slot}, by one who knows the code`,
      runs: 1_000,
      samples: [canonicalBytes(openMessage(key, aad, body) ?? null)],
      json: { read: (sample) => JSON.parse(Buffer.from(sample).toString()) as JsonValue, write: canonicalBytes },
      // Who holds the code may say another thing than the true device: what is never taken is another form of it.
      accepts: 'canonical',
      judge(bytes) {
        const parsed = parseCanonical(bytes);
        const sealed = parsed.ok ? sealMessage(key, aad, parsed.value, seededBytes(slot)) : undefined;
        return sealed === undefined || take(sealed) === 'burned' ? undefined : bytes;
      },
    },
  ]),
  {
    name: 'an add in the log that a newcomer fetches',
    runs: 3_000,
    samples: [pairing.add],
    accepts: 'samples',
    judge: (bytes) => (pairing.takesAdd(bytes) ? bytes : undefined),
  },
];

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

function logOf(place: Place | undefined): {
  readonly type: 'log';
  readonly scopeId: ScopeId;
  readonly entries: readonly Uint8Array[];
} {
  return { type: 'log', scopeId: place?.state.scopeId as ScopeId, entries: place?.entries ?? [] };
}
