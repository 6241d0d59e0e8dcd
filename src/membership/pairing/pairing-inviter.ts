import { assert, unreachable } from '../../base/assert.ts';
import { equalBytes } from '../../base/bytes.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { deviceIdOf } from '../../crypto/keys.ts';
import { verify } from '../../crypto/sign.ts';
import { isUsableBoxKey } from '../parse/box-key.ts';
import { pairingSecretsOf } from './pairing-code.ts';
import {
  type EnrolledScope,
  commitFromJson,
  joinedFromJson,
  jsonFromEnrolment,
  jsonFromOffer,
  openMessage,
  revealFromJson,
  sealMessage,
} from './pairing-messages.ts';
import {
  burn,
  commitmentOfReveal,
  createEphemeral,
  judgeSlot,
  messageKey,
  pairingLifetimeMs,
  sameDigits,
  sessionOf,
  suiteInUse,
  transcriptOf,
} from './pairing-session.ts';
import type { InviterEffect, InviterEvent, Newcomer } from './pairing-events.ts';
import { headOf } from '../parse/standing.ts';
import type { ScopeState } from '../parse/state.ts';
import { type ProvenUser, proveUser } from '../log/user-proof.ts';
import type { InviterOptions, InviterState, InviterPhase } from './inviter-state.ts';

type Step = readonly [InviterState, readonly InviterEffect[]];

export function startInviter(options: InviterOptions): InviterState {
  const grant = options.grant ?? { role: 'writer', authorities: [] };
  assert(options.scopes.length > 0, 'a pairing enrols into at least one scope');
  assert(options.person === undefined || options.scopes.length === 1, 'another person is invited to one scope');
  assert(
    !options.trustCode || (grant.role !== 'admin' && grant.authorities.length === 0),
    'a code alone never grants admin or authorities',
  );
  const { deviceId, scopes, trustCode, randomBytes } = options;
  return {
    phase: 'waiting_commit',
    psk: pairingSecretsOf(options.secret).psk,
    expiresAtMs: options.nowMs + pairingLifetimeMs,
    seen: new Map(),
    deviceId,
    scopes,
    trustCode,
    grant,
    person: options.person,
    randomBytes,
  };
}

/** One event. Once done or burned, nothing has an effect any more. */
export function stepInviter(state: InviterState, event: InviterEvent): Step {
  if (state.phase === 'done' || state.phase === 'burned') {
    return [state, []];
  }
  switch (event.type) {
    case 'start':
      return [state, []];
    case 'time':
      return event.nowMs >= state.expiresAtMs ? burned(state, burn.expired) : [state, []];
    case 'deny':
      return burned(state, burn.denied);
    case 'failed':
      return burned(state, event.refusal);
    case 'message':
      return receive(state, event.slot, event.body);
    case 'approve':
      return approve(state, event.digits);
    case 'added':
      return announce(state, event.scopes);
    default:
      return unreachable(event);
  }
}

function receive(state: InviterState, slot: number, body: Uint8Array): Step {
  const judged = judgeSlot(state.seen, expectedSlot(state), slot, body);
  if (judged === 'repeated') {
    return [state, []];
  }
  if (judged !== 'expected') {
    return burned(state, judged);
  }
  const next: InviterState = { ...state, seen: new Map(state.seen).set(slot, body) };
  switch (next.phase) {
    case 'waiting_commit':
      return offer(next, body);
    case 'waiting_reveal':
      return checkReveal(next, body);
    case 'waiting_joined':
      return finish(next, body);
    case 'waiting_approval':
    case 'appending':
    case 'done':
    case 'burned':
      return [state, []];
  }
}

function expectedSlot(state: InviterState): 1 | 3 | 5 | null {
  switch (state.phase) {
    case 'waiting_commit':
      return 1;
    case 'waiting_reveal':
      return 3;
    case 'waiting_joined':
      return 5;
    case 'waiting_approval':
    case 'appending':
    case 'done':
    case 'burned':
      return null;
  }
}

function offer(state: InviterState, m1: Uint8Array): Step {
  const commit = commitFromJson(openMessage(messageKey(state.psk, 1), empty, m1));
  if (commit === undefined) {
    return burned(state, burn.message);
  }
  const ephemeral = createEphemeral(state.randomBytes);
  const scopes = state.scopes.map((scope) => ({
    scopeId: scope.scopeId,
    kind: scope.kind,
    suite: scope.suite,
    logSequence: scope.sequence,
    head: headOf(scope),
  }));
  const json = jsonFromOffer({
    by: state.deviceId,
    ephemeralKey: ephemeral.publicKey,
    nonce: ephemeral.nonce,
    scopes,
    invitedTo: state.person?.scopeName ?? null,
  });
  const m2 = sealMessage(messageKey(state.psk, 2), empty, json, state.randomBytes);
  return put(state, 2, m2, { phase: 'waiting_reveal', commitment: commit.commitment, m1, m2, ephemeral });
}

function checkReveal(state: InviterState & { phase: 'waiting_reveal' }, m3: Uint8Array): Step {
  const message = revealFromJson(openMessage(messageKey(state.psk, 3), empty, m3));
  if (message === undefined || !equalBytes(commitmentOfReveal(message.reveal), state.commitment)) {
    return burned(state, burn.message);
  }
  const { reveal, signature, userLog } = message;
  const transcript = transcriptOf(state.m1, state.m2, reveal);
  if (!verify(reveal.keys.sign, 'pair-sig', transcript, signature)) {
    return burned(state, burn.message);
  }
  const deviceId = deviceIdOf(reveal.keys);
  if (deviceId === state.deviceId) {
    return burned(state, burn.selfPairing);
  }
  if (!reveal.suites.includes(suiteInUse)) {
    return burned(state, burn.suite);
  }
  const session = sessionOf(state.psk, transcript, state.ephemeral.secretKey, reveal.ephemeralKey);
  if (session === undefined || !isUsableBoxKey(reveal.keys.box)) {
    return burned(state, burn.weakKey);
  }
  const person = personOf(state, deviceId, reveal.userHead, userLog);
  if (!person.ok) {
    return burned(state, person.error);
  }
  const newcomer: Newcomer = {
    ...{ deviceId, keys: reveal.keys, label: reveal.label, person: person.value },
    ...state.grant,
  };
  if (state.trustCode) {
    return append({ ...state, phase: 'waiting_approval', session, newcomer });
  }
  const { role, authorities, label } = newcomer;
  return [
    { ...state, phase: 'waiting_approval', session, newcomer },
    [{ type: 'ask_approval', deviceId, role, authorities, label, person: person.value }],
  ];
}

/** Whose device it is, as the invitation demands; null for a further device of one's own. */
function personOf(
  { person }: InviterState,
  deviceId: DeviceId,
  head: Uint8Array | null,
  entries: readonly Uint8Array[] | null,
): Result<ProvenUser | null, Refusal> {
  if (person === undefined) {
    return head === null ? ok(null) : err(burn.forDevices);
  }
  if (head === null || entries === null) {
    return err(burn.forPersons);
  }
  const proven = proveUser({ entries, head }, deviceId);
  return proven.ok && proven.value.userId === person.ownUserId ? err(burn.ownDevice) : proven;
}

function approve(state: InviterState, digits: string): Step {
  if (state.phase !== 'waiting_approval') {
    return [state, []];
  }
  return sameDigits(digits, state.session.digits) ? append(state) : burned(state, burn.digits);
}

function append(state: InviterState & { phase: 'waiting_approval' }): Step {
  return [{ ...state, phase: 'appending' }, [{ type: 'append_add', member: state.newcomer }]];
}

function announce(state: InviterState, added: readonly ScopeState[]): Step {
  if (state.phase !== 'appending') {
    return [state, []];
  }
  const enrolled = state.scopes.map((scope) => enrolledIn(added, scope, state.newcomer.deviceId));
  const { session, newcomer } = state;
  const m4 = sealMessage(
    messageKey(session.key, 4),
    session.transcript,
    jsonFromEnrolment(enrolled),
    state.randomBytes,
  );
  return put(state, 4, m4, { phase: 'waiting_joined', session, newcomer, enrolled });
}

function enrolledIn(added: readonly ScopeState[], scope: ScopeState, deviceId: DeviceId): EnrolledScope {
  const state = added.find((candidate) => candidate.scopeId === scope.scopeId);
  const addedAt = state?.members.get(deviceId)?.addedAt ?? -1;
  const genesisHash = state?.heads[0];
  const entryHash = state?.heads[addedAt];
  assert(state && genesisHash && entryHash, 'every offered scope is given back with the newcomer in it');
  return { scopeId: scope.scopeId, genesisHash, logSequence: state.sequence, head: headOf(state), entryHash };
}

function finish(state: InviterState & { phase: 'waiting_joined' }, m5: Uint8Array): Step {
  const { session, enrolled, newcomer } = state;
  const joined = joinedFromJson(openMessage(messageKey(session.key, 5), session.transcript, m5));
  const agrees =
    joined?.length === enrolled.length &&
    enrolled.every(({ scopeId, head }) =>
      joined.some((scope) => scope.scopeId === scopeId && equalBytes(scope.head, head)),
    );
  return agrees ? [{ ...state, phase: 'done' }, [{ type: 'done', member: newcomer }]] : burned(state, burn.message);
}

function put(state: InviterState, slot: 2 | 4, body: Uint8Array, phase: InviterPhase): Step {
  return [{ ...state, ...phase, seen: new Map(state.seen).set(slot, body) }, [{ type: 'put', slot, body }]];
}

function burned(state: InviterState, refusal: Refusal): Step {
  const added = state.phase === 'appending' || state.phase === 'waiting_joined';
  return [{ ...state, phase: 'burned' }, [{ type: 'burned', refusal, added }]];
}

const empty = new Uint8Array(0);
