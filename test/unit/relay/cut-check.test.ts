import { describe, expect, it } from 'vitest';
import { createRevoke, createRole } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { Cut } from '../../../src/membership/parse/state.ts';
import { createHousehold } from '../membership/fixtures.ts';
import { createChain } from './members.ts';
import { createDesk, sentTo } from './desk.ts';

describe('a cut at the relay', () => {
  const home = createHousehold(31);
  const { scopeId } = home.state;
  const [, , state] = home.states;
  const first = createChain({ world: home, state }, home.writer).next();
  const none: Cut = { sequence: 0, batchId: null };
  const all: Cut = { sequence: 1, batchId: first.batchId };

  /** The writer's first batch lies at the relay; the administrator appends an entry. */
  function answerTo(entry: Uint8Array, isNew: boolean): unknown {
    const desk = createDesk();
    const admin = desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 3) });
    const writer = desk.login(home.writer);
    desk.say(writer, { type: 'hello', scopeId, frontier: {}, logSequence: 2 });
    desk.say(writer, { type: 'push', scopeId, batches: [first.bytes] });
    return sentTo(admin, desk.say(admin, { type: 'append_entry', scopeId, sequence: 3, token: null, isNew, entry }))[0];
  }

  const revokeAt = (cut: Cut): Uint8Array =>
    createRevoke({
      ...{ state, signer: home.admin, subject: home.writer.deviceId, cut },
      ...{ epochKey: home.epochKey, newEpochKey: createEpochKey(home.randomBytes) },
    });
  const readerAt = (cut: Cut): Uint8Array =>
    createRole({ state, signer: home.admin, subject: home.writer.deviceId, role: 'reader', authorities: [], cut });

  it.each([
    ['a revocation', revokeAt],
    ['a lower role', readerAt],
  ])('5a a new entry that cuts off what lies here is refused, so that it is made again: %s', (_what, entryAt) => {
    expect(answerTo(entryAt(none), true)).toMatchObject({ type: 'error', code: 'E_CONFLICT', about: 'entry' });
    expect(answerTo(entryAt(all), true)).toMatchObject({ type: 'entry_appended', sequence: 3 });
  });

  it('5a an entry that is in a log already is taken as it is', () => {
    expect(answerTo(revokeAt(none), false)).toMatchObject({ type: 'entry_appended', sequence: 3 });
  });
});
