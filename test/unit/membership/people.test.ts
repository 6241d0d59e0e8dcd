import { describe, expect, it } from 'vitest';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { userIdOf } from '../../../src/crypto/keys.ts';
import {
  type InviterOptions,
  type JoinerOptions,
  createInviter,
  createJoiner,
} from '../../../src/membership/pairing.ts';
import type { InviterEffect, JoinerEffect } from '../../../src/membership/pairing/pairing-events.ts';
import { openMessage, sealMessage } from '../../../src/membership/pairing/pairing-messages.ts';
import { messageKey } from '../../../src/membership/pairing/pairing-session.ts';
import { pairingSecretsOf } from '../../../src/membership/pairing/pairing-code.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { headOf } from '../../../src/membership/parse/standing.ts';
import { type UserLog, proveUser } from '../../../src/membership/log/user-proof.ts';
import { isJsonObject } from '../../../src/base/json.ts';
import { createHousehold, createWorld, deviceFrom, expectRefused, seededBytes, valueOf } from './fixtures.ts';
import { bodyIn, effectOf, startMs } from './pairing-fixtures.ts';

/** Another person with three devices, one of which was revoked. */
const guest = createHousehold(300);
const guestState = valueOf(foldScope(guest.entries));
const guestLog: UserLog = { entries: guest.entries, head: headOf(guestState) };
const team = createWorld(310, { kind: 'workspace' });
/** A workspace of somebody: no proof of a person. */
const place = createWorld(320, { kind: 'workspace' });
const secret = seededBytes(311)(16);

interface Talk {
  readonly asked: readonly InviterEffect[];
  readonly revealed: readonly JoinerEffect[];
}

/** Up to the question to the person who invites, or the end of it. `alter` changes m3 as one with the code could. */
function talk(
  inviting: Partial<InviterOptions> = {},
  joining: Partial<JoinerOptions> = {},
  alter?: (message: Record<string, unknown>) => unknown,
  code: 'for both' | 'device' | 'person' = 'for both',
): Talk {
  const inviter = createInviter({
    ...{ secret, deviceId: team.admin.deviceId, scopes: [team.state], trustCode: false, nowMs: startMs },
    ...(code === 'device' ? {} : { person: { ownUserId: team.root.userId, scopeName: 'Team' } }),
    ...{ randomBytes: seededBytes(312), ...inviting },
  });
  const joiner = createJoiner({
    ...{ secret, deviceKeys: guest.second, label: 'Guest', nowMs: startMs },
    ...(code === 'person' ? {} : { user: guestLog }),
    ...{ randomBytes: seededBytes(313), ...joining },
  });
  const m1 = bodyIn(joiner.step({ type: 'start' }), 1);
  const m2 = bodyIn(inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
  const revealed = joiner.step({ type: 'message', slot: 2, body: m2 });
  if (!revealed.some(({ type }) => type === 'put')) {
    return { revealed, asked: [] };
  }
  const m3 = bodyIn(revealed, 3);
  const body = alter === undefined ? m3 : altered(m3, alter);
  return { revealed, asked: inviter.step({ type: 'message', slot: 3, body }) };
}

function altered(m3: Uint8Array, alter: (message: Record<string, unknown>) => unknown): Uint8Array {
  const key = messageKey(pairingSecretsOf(secret).psk, 3);
  const json = openMessage(key, new Uint8Array(0), m3);
  const changed = isJsonObject(json) ? alter({ ...json }) : undefined;
  return sealMessage(key, new Uint8Array(0), changed as never, seededBytes(314));
}

const reasonOf = (effects: readonly (InviterEffect | JoinerEffect)[]): string | undefined => {
  const { reasonCode, detail } = effectOf(effects, 'burned').refusal;
  return `${reasonCode}/${detail}`;
};

describe('an invitation of another person', () => {
  it('30a shows who comes, proven by the log of their profile, with all their active devices', () => {
    const { asked } = talk();
    expect(effectOf(asked, 'ask_approval')).toMatchObject({
      ...{ deviceId: guest.second.deviceId, label: 'Guest', role: 'writer', authorities: [] },
      person: { userId: userIdOf(guest.root.sign.publicKey) },
    });
    const devices = effectOf(asked, 'ask_approval').person?.devices.map(({ deviceId }) => deviceId);
    expect(devices?.toSorted()).toEqual([guest.admin.deviceId, guest.second.deviceId].toSorted());
  });

  it.each<[string, Partial<InviterOptions>, Partial<JoinerOptions>, string]>([
    ['of a revoked device', {}, { deviceKeys: guest.writer }, 'signature_invalid/user_unproven'],
    ['of a device that is not in the log', {}, { deviceKeys: deviceFrom(315) }, 'signature_invalid/user_unproven'],
    [
      'with the head of another log',
      {},
      { user: { ...guestLog, head: headOf(team.state) } },
      'signature_invalid/user_unproven',
    ],
    [
      'with a log that is no profile',
      {},
      { deviceKeys: place.admin, user: { entries: [place.genesis], head: headOf(place.state) } },
      'signature_invalid/user_unproven',
    ],
    [
      'with a log out of order',
      {},
      { user: { ...guestLog, entries: guest.entries.toReversed() } },
      'workspace_scope_mismatch/genesis_replaced',
    ],
    [
      'of a device of the same person',
      { person: { ownUserId: guest.root.userId, scopeName: 'Team' } },
      {},
      'policy_denied/pairing_purpose',
    ],
  ])('30b is refused to a proof %s', (_case, inviting, joining, reason) => {
    const { asked, revealed } = talk(inviting, joining);
    const effects = asked.length === 0 ? revealed : asked;
    expect(effects.some(({ type }) => type === 'ask_approval')).toBe(false);
    expect(reasonOf(effects)).toBe(reason);
  });

  it.each<[string, (message: Record<string, unknown>) => unknown]>([
    ['taken out', ({ log: _log, ...rest }) => rest],
    ['cut short', ({ log, ...rest }) => ({ ...rest, log: (log as unknown[]).slice(0, 1) })],
    ['not a list', (message) => ({ ...message, log: 'log' })],
    ['of more entries than are read', (message) => ({ ...message, log: Array<string>(257).fill('AA') })],
    ['in another encoding', (message) => ({ ...message, log: ['='] })],
  ])('30b is refused to a log %s', (_case, alter) => {
    expect(effectOf(talk({}, {}, alter).asked, 'burned').refusal.reasonCode).toBe('signature_invalid');
  });

  it('30c says which command a code is for, on whichever side it is found out', () => {
    const device = talk({}, {}, undefined, 'device');
    expect(effectOf(device.revealed, 'burned').refusal.message).toContain('sourcesync pair join');
    const person = talk({}, {}, undefined, 'person');
    expect(effectOf(person.revealed, 'burned').refusal.message).toContain('sourcesync scopes join');
  });
});

describe('the proof of a person', () => {
  const prove = (log: UserLog, device: DeviceKeys): ReturnType<typeof proveUser> => proveUser(log, device.deviceId);

  it('30a is the log of a profile and nothing else', () => {
    expect(valueOf(prove(guestLog, guest.admin)).userId).toBe(guest.root.userId);
    const workspace = { entries: [team.genesis], head: headOf(team.state) };
    expectRefused(prove(workspace, team.admin), 'signature_invalid/user_unproven');
  });

  it('30a, 30d counts up to its own head only: an older one shows what was true then', () => {
    const older = { entries: guest.entries.slice(0, 1), head: guestState.heads[0] as Uint8Array };
    expect(prove(older, guest.admin).ok).toBe(true);
    expectRefused(prove({ ...older, head: guestLog.head }, guest.admin), 'signature_invalid/user_unproven');
  });
});
