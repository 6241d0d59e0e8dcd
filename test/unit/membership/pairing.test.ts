import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import type { DeviceId } from '../../../src/base/ids.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import type { AddEntry } from '../../../src/membership/parse/entry.ts';
import { parseEntry } from '../../../src/membership/parse/entry-codec.ts';
import { wrapEpochKey } from '../../../src/membership/log/epoch.ts';
import { appendEntry } from '../../../src/membership/log/scope-log.ts';
import { addOf, deviceFrom, signedBy, valueOf } from './fixtures.ts';
import { type Place, approve, bodyIn, createMeeting, effectOf, enrol, exchangeKeys } from './pairing-fixtures.ts';
import { expectBurned, logEvent, nothing } from './pairing-world.ts';

describe('pairing', () => {
  it('20 enrols one device in every scope of the other, in five messages and six digits', () => {
    const meeting = createMeeting(1);
    const { digits, asked } = exchangeKeys(meeting);
    expect(digits).toMatch(/^\d{6}$/);
    expect(asked).toEqual([
      {
        type: 'ask_approval',
        person: null,
        deviceId: meeting.newcomer.deviceId,
        role: 'writer',
        authorities: [],
        label: 'Laptop',
      },
    ]);
    const { m4, places, member } = approve(meeting, `${digits.slice(0, 3)} ${digits.slice(3)}`);
    const fetching = meeting.joiner.step({ type: 'message', slot: 4, body: m4 });
    const { scopes } = effectOf(fetching, 'fetch_logs');
    expect(scopes).toEqual(places.map(({ state }) => ({ scopeId: state.scopeId, logSequence: 1 })));
    const [first, second] = places.map((place) => meeting.joiner.step(logEvent(place)));
    expect(first).toEqual([]);
    const done = effectOf(second ?? [], 'done');
    expect(done).toMatchObject({ by: meeting.admin.deviceId });
    expect('scopes' in done ? done.scopes.map((scope) => [...scope.epochKeys.values()]) : []).toEqual(
      places.map(({ world }) => [world.epochKey]),
    );
    const m5 = bodyIn(second ?? [], 5);
    expect(meeting.inviter.step({ type: 'message', slot: 5, body: m5 })).toEqual([{ type: 'done', member }]);
    expect([meeting.inviter.phase, meeting.joiner.phase]).toEqual(['done', 'done']);
  });

  it('a trusted code skips the digits and grants a writer', () => {
    const meeting = createMeeting(2, { trustCode: true });
    const { asked } = exchangeKeys(meeting);
    expect(effectOf(asked, 'append_add').member).toMatchObject({ role: 'writer', authorities: [], label: 'Laptop' });
  });

  it('24 a trusted code never grants admin or authorities', () => {
    const admin = { role: 'admin', authorities: [] } as const;
    const policy = { role: 'writer', authorities: ['policy'] } as const;
    expect(() => createMeeting(3, { trustCode: true, grant: admin })).toThrow('never grants');
    expect(() => createMeeting(3, { trustCode: true, grant: policy })).toThrow('never grants');
  });

  it('a person may grant a reader, or with the digits an admin, and sees it before approving', () => {
    const reader = createMeeting(4, { trustCode: true, grant: { role: 'reader', authorities: [] } });
    expect(effectOf(exchangeKeys(reader).asked, 'append_add').member.role).toBe('reader');
    const admin = createMeeting(4, { grant: { role: 'admin', authorities: ['lease'] } });
    expect(effectOf(exchangeKeys(admin).asked, 'ask_approval')).toMatchObject({
      role: 'admin',
      authorities: ['lease'],
    });
  });

  it('19 repeated messages, echoes and late answers have no effect', () => {
    const meeting = createMeeting(5);
    const { inviter, joiner } = meeting;
    expect(inviter.step({ type: 'start' })).toEqual([]);
    expect(inviter.step({ type: 'approve', digits: '000000' })).toEqual([]);
    expect(inviter.step({ type: 'added', scopes: [] })).toEqual([]);
    const { m1, m2, m3, digits } = exchangeKeys(meeting);
    const repeated = [m1, m2, m3].flatMap((body, index) => [
      ...inviter.step({ type: 'message', slot: index + 1, body }),
      ...joiner.step({ type: 'message', slot: index + 1, body }),
    ]);
    expect([...repeated, ...joiner.step({ type: 'start' })]).toEqual([]);
    expect(joiner.step({ type: 'log', scopeId: firstOf(meeting.places).state.scopeId, entries: [] })).toEqual([]);
    expect(inviter.step({ type: 'approve', digits })).toHaveLength(1);
  });

  it('the log may have grown since, as long as the newcomer is still in it', () => {
    const meeting = createMeeting(6);
    const { m4, places } = approve(meeting, exchangeKeys(meeting).digits);
    meeting.joiner.step({ type: 'message', slot: 4, body: m4 });
    const [grown, other] = places.map((place) => {
      const entry = addOf({ world: place.world, state: place.state, device: deviceFrom(4321) });
      return { ...place, entries: [...place.entries, entry] };
    });
    expect(meeting.joiner.step(logEvent(grown as Place))).toEqual([]);
    expect(effectOf(meeting.joiner.step(logEvent(other as Place)), 'done').type).toBe('done');
  });

  it('21 derives other keys and digits for each run, and never the same nonce twice', () => {
    const digits = [10, 11, 12].map((seed) => exchangeKeys(createMeeting(seed)).digits);
    expect(new Set(digits).size).toBe(3);
    const { m1, m2, m3 } = exchangeKeys(createMeeting(13));
    expect(new Set([m1, m2, m3].map((body) => base64urlFromBytes(body.subarray(0, 24)))).size).toBe(3);
  });
});

describe('what the newcomer demands of a log', () => {
  const bad: [string, string, (places: readonly Place[]) => readonly Uint8Array[]][] = [
    ['§10.22 another genesis', 'workspace_scope_mismatch/genesis_replaced', (places) => (places[1] as Place).entries],
    ['§10.18 a log too short', 'relay_untrusted/log_rollback', (places) => firstOf(places).entries.slice(0, 1)],
    ['an empty log', 'schema_unknown/record_malformed', () => []],
    [
      '§10.17 another entry where the add should be',
      'relay_untrusted/log_fork',
      (places) => {
        const { world, entries } = firstOf(places);
        return [...entries.slice(0, 1), addOf({ world, state: world.state, device: deviceFrom(999) })];
      },
    ],
    [
      '§10.6 an entry with one bit flipped',
      'signature_invalid/signature',
      (places) => {
        const [genesis, add = nothing] = firstOf(places).entries;
        const flipped = Uint8Array.from(add);
        flipped[add.length - 5] = (flipped[add.length - 5] ?? 0) ^ 4;
        return [genesis ?? nothing, flipped];
      },
    ],
    [
      'a log in which the newcomer is revoked again',
      'relay_untrusted/log_fork',
      (places) => {
        const { world, entries, state } = firstOf(places);
        const subject = [...state.members.keys()].at(-1);
        const cut = { sequence: 0, batchId: null };
        const keys = { epochKey: world.epochKey, newEpochKey: new Uint8Array(32) };
        const entry = subject && createRevoke({ state, signer: world.admin, subject, cut, ...keys });
        return [...entries, entry ?? nothing];
      },
    ],
  ];

  it.each(bad)('25 %s: %s, code burned', (_, reason, entriesOf) => {
    const meeting = createMeeting(60);
    const { m4, places } = approve(meeting, exchangeKeys(meeting).digits);
    meeting.joiner.step({ type: 'message', slot: 4, body: m4 });
    const scopeId = firstOf(places).state.scopeId;
    const effects = meeting.joiner.step({ type: 'log', scopeId, entries: entriesOf(places) });
    expectBurned(meeting.joiner, effects, reason, true);
  });

  it('§10.27 a wrap that does not open to the commitment: signature_invalid/epoch_commit', () => {
    const meeting = createMeeting(61);
    const member = effectOf(
      meeting.inviter.step({ type: 'approve', digits: exchangeKeys(meeting).digits }),
      'append_add',
    ).member;
    const places = enrol(meeting.places, member).map((place) => withForeignWrap(place, meeting.newcomer.deviceId));
    const added = meeting.inviter.step({ type: 'added', scopes: places.map((place) => place.state) });
    meeting.joiner.step({ type: 'message', slot: 4, body: bodyIn(added, 4) });
    const effects = meeting.joiner.step(logEvent(firstOf(places)));
    expectBurned(meeting.joiner, effects, 'signature_invalid/epoch_commit', true);
  });

  it('an add by another admin than the one who invited: refused', () => {
    const meeting = createMeeting(62);
    const { world, state } = firstOf(meeting.places);
    const other = deviceFrom(63);
    expect(state.sequence).toBe(0);
    const addOther = addOf({ world, state, device: other, role: 'admin' });
    const withOther = valueOf(appendEntry(state, addOther));
    const { digits } = exchangeKeys(meeting);
    const { member } = effectOf(meeting.inviter.step({ type: 'approve', digits }), 'append_add');
    const entry = addOf({ world, state: withOther, device: meeting.newcomer, signer: other });
    const place = { world, entries: [world.genesis, addOther, entry], state: valueOf(appendEntry(withOther, entry)) };
    const places = [place, ...enrol(meeting.places.slice(1), member)];
    const added = meeting.inviter.step({ type: 'added', scopes: places.map((each) => each.state) });
    meeting.joiner.step({ type: 'message', slot: 4, body: bodyIn(added, 4) });
    expectBurned(meeting.joiner, meeting.joiner.step(logEvent(place)), 'relay_untrusted/log_fork', true);
  });

  it('the inviter hands back every scope with the newcomer in it', () => {
    const meeting = createMeeting(64);
    const { digits } = exchangeKeys(meeting);
    meeting.inviter.step({ type: 'approve', digits });
    const scopes = meeting.places.map((place) => place.state);
    expect(() => meeting.inviter.step({ type: 'added', scopes })).toThrow('with the newcomer in it');
  });
});

function firstOf(places: readonly Place[]): Place {
  return places[0] as Place;
}

/** The place with an add whose wrap holds another key than the one committed to. */
function withForeignWrap(place: Place, deviceId: DeviceId): Place {
  const [genesis = nothing, add = nothing] = place.entries;
  const entry = valueOf(parseEntry(add)).entry as AddEntry;
  const { genesisNonce } = place.state;
  const key = new Uint8Array(32).fill(1);
  const wrap = wrapEpochKey({ key, genesisNonce, epoch: 1, recipient: deviceId, boxKey: entry.device.keys.box });
  const bytes = signedBy(place.world.admin, { ...entry, wrap });
  return { ...place, entries: [genesis, bytes], state: valueOf(appendEntry(place.world.state, bytes)) };
}
