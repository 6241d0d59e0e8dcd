import { assert } from '../../../src/base/assert.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { createAdd } from '../../../src/membership/log/create.ts';
import {
  type Inviter,
  type InviterOptions,
  type Joiner,
  createInviter,
  createJoiner,
} from '../../../src/membership/pairing.ts';
import type { InviterEffect, JoinerEffect, Newcomer } from '../../../src/membership/pairing/pairing-events.ts';
import { appendEntry } from '../../../src/membership/log/scope-log.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { type World, createWorld, deviceFrom, seededBytes, valueOf } from './fixtures.ts';

export const startMs = 1_700_000_000_000;

/** One scope of the inviter, with its log. */
export interface Place {
  readonly world: World;
  readonly entries: readonly Uint8Array[];
  readonly state: ScopeState;
}

/** Two devices, a code, and the two scopes of the one that invites; nothing has been sent. */
export interface Meeting {
  readonly admin: DeviceKeys;
  readonly newcomer: DeviceKeys;
  readonly places: readonly Place[];
  readonly inviter: Inviter;
  readonly joiner: Joiner;
}

export function createMeeting(
  seed: number,
  options?: Partial<InviterOptions> & {
    readonly newcomer?: DeviceKeys;
    readonly secret?: Uint8Array;
    readonly joinerSecret?: Uint8Array;
    readonly label?: string;
  },
): Meeting {
  const { admin, places } = createPlaces(seed);
  const newcomer = options?.newcomer ?? deviceFrom(seed + 5000);
  const secret = options?.secret ?? seededBytes(seed + 6000)(16);
  const inviter = createInviter({
    secret,
    deviceId: admin.deviceId,
    scopes: places.map((place) => place.state),
    trustCode: options?.trustCode ?? false,
    randomBytes: seededBytes(seed + 7000),
    nowMs: startMs,
    ...(options?.grant && { grant: options.grant }),
  });
  const joiner = createJoiner({
    secret: options?.joinerSecret ?? secret,
    deviceKeys: newcomer,
    label: options?.label ?? 'Laptop',
    randomBytes: seededBytes(seed + 8000),
    nowMs: startMs,
  });
  return { admin, newcomer, places, inviter, joiner };
}

/** A profile and a workspace with the same admin. */
export function createPlaces(seed: number): { readonly admin: DeviceKeys; readonly places: readonly Place[] } {
  const profile = createWorld(seed);
  const workspace = createWorld(seed, { kind: 'workspace' });
  const places = [profile, workspace].map((world) => ({ world, entries: [world.genesis], state: world.state }));
  return { admin: profile.admin, places };
}

/** Each place with the newcomer in it: what the inviter's driver does on `append_add`. */
export function enrol(places: readonly Place[], member: Newcomer): readonly Place[] {
  return places.map(({ world, entries, state }) => {
    const entry = createAdd({
      state,
      signer: world.admin,
      member: { ...member, userId: world.root.userId },
      epochKey: world.epochKey,
      label: member.label,
    });
    return { world, entries: [...entries, entry], state: valueOf(appendEntry(state, entry)) };
  });
}

/** The body put into a slot by these effects. */
export function bodyIn(effects: readonly (InviterEffect | JoinerEffect)[], slot: number): Uint8Array {
  const put = effects.find((effect) => effect.type === 'put' && effect.slot === slot);
  assert(put?.type === 'put', `slot ${slot} is put: ${effects.map((effect) => effect.type).join()}`);
  return put.body;
}

export function effectOf<T extends (InviterEffect | JoinerEffect)['type']>(
  effects: readonly (InviterEffect | JoinerEffect)[],
  type: T,
): Extract<InviterEffect | JoinerEffect, { type: T }> {
  const effect = effects.find((candidate) => candidate.type === type);
  assert(effect !== undefined, `there is ${type}: ${effects.map((candidate) => candidate.type).join()}`);
  return effect as Extract<InviterEffect | JoinerEffect, { type: T }>;
}

/** Both devices up to m3: the digits are shown, the person is asked. */
export function exchangeKeys(meeting: Meeting): {
  readonly m1: Uint8Array;
  readonly m2: Uint8Array;
  readonly m3: Uint8Array;
  readonly digits: string;
  readonly asked: readonly InviterEffect[];
} {
  const { inviter, joiner } = meeting;
  const m1 = bodyIn(joiner.step({ type: 'start' }), 1);
  const m2 = bodyIn(inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
  const revealed = joiner.step({ type: 'message', slot: 2, body: m2 });
  const m3 = bodyIn(revealed, 3);
  const asked = inviter.step({ type: 'message', slot: 3, body: m3 });
  return { m1, m2, m3, digits: effectOf(revealed, 'show_digits').digits, asked };
}

/** From the approval to m4, the logs appended. */
export function approve(
  meeting: Meeting,
  digits: string,
): { readonly m4: Uint8Array; readonly places: readonly Place[]; readonly member: Newcomer } {
  const { member } = effectOf(meeting.inviter.step({ type: 'approve', digits }), 'append_add');
  const places = enrol(meeting.places, member);
  const m4 = bodyIn(meeting.inviter.step({ type: 'added', scopes: places.map((place) => place.state) }), 4);
  return { m4, places, member };
}
