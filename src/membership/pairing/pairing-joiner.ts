import { assert, unreachable } from '../../base/assert.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import { sign } from '../../crypto/sign.ts';
import { parseLabel } from '../parse/labels.ts';
import { pairingSecretsOf } from './pairing-code.ts';
import {
  type EnrolledScope,
  type OfferedScope,
  type Reveal,
  enrolmentFromJson,
  jsonFromCommit,
  jsonFromJoined,
  jsonFromRevealMessage,
  offerFromJson,
  openMessage,
  sealMessage,
} from './pairing-messages.ts';
import {
  type Ephemeral,
  type PairingSession,
  type SeenSlots,
  burn,
  commitmentOfReveal,
  createEphemeral,
  judgeSlot,
  messageKey,
  pairingLifetimeMs,
  sessionOf,
  suiteInUse,
  transcriptOf,
} from './pairing-session.ts';
import type { JoinedLog, JoinerEffect, JoinerEvent } from './pairing-events.ts';
import { verifyJoinedLog } from './pairing-verify.ts';
import type { UserLog } from '../log/user-proof.ts';

export interface JoinerOptions {
  /** The code's secret. */
  readonly secret: Uint8Array;
  readonly deviceKeys: DeviceKeys;
  /** How the device wants to be called; one that `parseLabel` gave. */
  readonly label: string;
  /** What proves whose device it is, to enter a scope of another person; left out to become a device of the inviter. */
  readonly user?: UserLog;
  readonly randomBytes: RandomBytes;
  readonly nowMs: number;
}

interface Fixed {
  readonly psk: Uint8Array;
  readonly deviceKeys: DeviceKeys;
  readonly ephemeral: Ephemeral;
  readonly reveal: Reveal;
  readonly userLog: readonly Uint8Array[] | null;
  readonly expiresAtMs: number;
  readonly randomBytes: RandomBytes;
  readonly seen: SeenSlots;
}

export type JoinerState = Fixed & JoinerPhase;

type JoinerPhase =
  | { readonly phase: 'idle' }
  | { readonly phase: 'waiting_offer'; readonly m1: Uint8Array }
  | {
      readonly phase: 'waiting_enrolment';
      readonly session: PairingSession;
      readonly by: DeviceId;
      readonly offered: readonly OfferedScope[];
      readonly invitedTo: string | null;
    }
  | {
      readonly phase: 'fetching';
      readonly session: PairingSession;
      readonly by: DeviceId;
      readonly offered: readonly OfferedScope[];
      readonly invitedTo: string | null;
      readonly enrolled: readonly EnrolledScope[];
      readonly joined: ReadonlyMap<ScopeId, JoinedLog>;
    }
  | { readonly phase: 'done' }
  | { readonly phase: 'burned' };

type Step = readonly [JoinerState, readonly JoinerEffect[]];

export function startJoiner(options: JoinerOptions): JoinerState {
  const { deviceKeys, label, randomBytes } = options;
  assert(parseLabel(label) === label, 'a label is parsed before it is sent');
  const ephemeral = createEphemeral(randomBytes);
  return {
    phase: 'idle',
    psk: pairingSecretsOf(options.secret).psk,
    reveal: {
      keys: { sign: deviceKeys.sign.publicKey, box: deviceKeys.box.publicKey },
      ephemeralKey: ephemeral.publicKey,
      nonce: ephemeral.nonce,
      label,
      suites: [suiteInUse],
      userHead: options.user?.head ?? null,
    },
    userLog: options.user?.entries ?? null,
    expiresAtMs: options.nowMs + pairingLifetimeMs,
    seen: new Map(),
    deviceKeys,
    ephemeral,
    randomBytes,
  };
}

/** One event. Once done or burned, nothing has an effect any more. */
export function stepJoiner(state: JoinerState, event: JoinerEvent): Step {
  if (state.phase === 'done' || state.phase === 'burned') {
    return [state, []];
  }
  switch (event.type) {
    case 'start':
      return commit(state);
    case 'time':
      return event.nowMs >= state.expiresAtMs ? burned(state, burn.expired) : [state, []];
    case 'deny':
      return burned(state, burn.denied);
    case 'failed':
      return burned(state, event.refusal);
    case 'message':
      return receive(state, event.slot, event.body);
    case 'log':
      return checkLog(state, event.scopeId, event.entries);
    default:
      return unreachable(event);
  }
}

function commit(state: JoinerState): Step {
  if (state.phase !== 'idle') {
    return [state, []];
  }
  const json = jsonFromCommit({ commitment: commitmentOfReveal(state.reveal) });
  const m1 = sealMessage(messageKey(state.psk, 1), empty, json, state.randomBytes);
  return put({ ...state, phase: 'waiting_offer', m1 }, 1, m1, []);
}

function receive(state: JoinerState, slot: number, body: Uint8Array): Step {
  const expected = state.phase === 'waiting_offer' ? 2 : state.phase === 'waiting_enrolment' ? 4 : null;
  const judged = judgeSlot(state.seen, expected, slot, body);
  if (judged === 'repeated') {
    return [state, []];
  }
  if (judged !== 'expected') {
    return burned(state, isOwnSlot(slot) ? burn.twoClaimants : judged);
  }
  const next: JoinerState = { ...state, seen: new Map(state.seen).set(slot, body) };
  switch (next.phase) {
    case 'waiting_offer':
      return reveal(next, body);
    case 'waiting_enrolment':
      return fetchLogs(next, body);
    case 'idle':
    case 'fetching':
    case 'done':
    case 'burned':
      return [state, []];
  }
}

/** Only the joiner writes these: a body that it did not write is another claimant's. */
function isOwnSlot(slot: number): boolean {
  return slot === 1 || slot === 3 || slot === 5;
}

function reveal(state: JoinerState & { phase: 'waiting_offer' }, m2: Uint8Array): Step {
  const offer = offerFromJson(openMessage(messageKey(state.psk, 2), empty, m2));
  if (offer === undefined) {
    return burned(state, burn.message);
  }
  if (offer.by === state.deviceKeys.deviceId) {
    return burned(state, burn.selfPairing);
  }
  if ((offer.invitedTo !== null) !== (state.userLog !== null)) {
    return burned(state, offer.invitedTo === null ? burn.forDevices : burn.forPersons);
  }
  if (offer.scopes.some((scope) => scope.suite !== suiteInUse)) {
    return burned(state, burn.suite);
  }
  const transcript = transcriptOf(state.m1, m2, state.reveal);
  const session = sessionOf(state.psk, transcript, state.ephemeral.secretKey, offer.ephemeralKey);
  if (session === undefined) {
    return burned(state, burn.weakKey);
  }
  const signature = sign(state.deviceKeys.sign.secretKey, 'pair-sig', transcript);
  const json = jsonFromRevealMessage({ reveal: state.reveal, signature, userLog: state.userLog });
  const m3 = sealMessage(messageKey(state.psk, 3), empty, json, state.randomBytes);
  const next: JoinerState = {
    ...state,
    phase: 'waiting_enrolment',
    session,
    by: offer.by,
    offered: offer.scopes,
    invitedTo: offer.invitedTo,
  };
  return put(next, 3, m3, [{ type: 'show_digits', digits: session.digits }]);
}

function fetchLogs(state: JoinerState & { phase: 'waiting_enrolment' }, m4: Uint8Array): Step {
  const { session, offered, by, invitedTo } = state;
  const enrolled = enrolmentFromJson(openMessage(messageKey(session.key, 4), session.transcript, m4));
  if (enrolled === undefined || enrolled.length !== offered.length) {
    return burned(state, burn.message);
  }
  if (!enrolled.every((scope) => offered.some((candidate) => candidate.scopeId === scope.scopeId))) {
    return burned(state, burn.message);
  }
  const scopes = enrolled.map(({ scopeId, logSequence }) => ({ scopeId, logSequence }));
  return [
    { ...state, phase: 'fetching', session, by, offered, invitedTo, enrolled, joined: new Map() },
    [{ type: 'fetch_logs', scopes }],
  ];
}

function checkLog(state: JoinerState, scopeId: ScopeId, entries: readonly Uint8Array[]): Step {
  const offered = state.phase === 'fetching' && state.offered.find((scope) => scope.scopeId === scopeId);
  const enrolled = state.phase === 'fetching' && state.enrolled.find((scope) => scope.scopeId === scopeId);
  if (state.phase !== 'fetching' || !offered || !enrolled) {
    return [state, []];
  }
  const log = verifyJoinedLog({ by: state.by, deviceKeys: state.deviceKeys, offered, enrolled, entries });
  if (!log.ok) {
    return burned(state, log.error);
  }
  const joined = new Map(state.joined).set(scopeId, log.value);
  if (joined.size < state.enrolled.length) {
    return [{ ...state, joined }, []];
  }
  const { session, by, invitedTo } = state;
  const heads = state.enrolled.map((scope) => ({ scopeId: scope.scopeId, head: scope.head }));
  const m5 = sealMessage(messageKey(session.key, 5), session.transcript, jsonFromJoined(heads), state.randomBytes);
  return put({ ...state, phase: 'done' }, 5, m5, [{ type: 'done', by, scopes: [...joined.values()], invitedTo }]);
}

function put(state: JoinerState, slot: 1 | 3 | 5, body: Uint8Array, also: readonly JoinerEffect[]): Step {
  return [{ ...state, seen: new Map(state.seen).set(slot, body) }, [{ type: 'put', slot, body }, ...also]];
}

function burned(state: JoinerState, refusal: Refusal): Step {
  return [{ ...state, phase: 'burned' }, [{ type: 'burned', refusal, added: state.phase === 'fetching' }]];
}

const empty = new Uint8Array(0);
