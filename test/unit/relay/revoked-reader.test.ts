import { describe, expect, it } from 'vitest';
import { addOf, createHousehold, deviceFrom, valueOf } from '../membership/fixtures.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { createDesk, sentTo } from './desk.ts';
import { createChain } from './members.ts';

describe('mailbox: a device that was revoked while it was away', () => {
  const home = createHousehold(71);
  const { scopeId } = home.state;
  const newcomer = deviceFrom(72);
  const later = addOf({
    ...{ world: home, state: home.states[3], device: newcomer, epochKey: home.newEpochKey, signer: home.second },
  });
  const entries = [...home.entries, later];

  it.each([-1, 0, 2])('4a gets the log from position %i up to its revocation, and then a refusal', (logSequence) => {
    const desk = createDesk();
    const founder = desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 3) });
    const before = desk.login(home.writer);
    desk.hello(before, { scopeId }, 2);
    const chain = createChain({ world: home, state: home.states[2] }, home.writer);
    desk.say(before, { type: 'push', scopeId, batches: [chain.next().bytes] });
    desk.bring(founder, { scopeId, entries }, 3);
    const id = desk.login(home.writer);
    expect(sentTo(id, desk.hello(id, { scopeId }, logSequence))).toMatchObject([
      { type: 'entries', from: logSequence + 1, entries: home.entries.slice(logSequence + 1) },
      { type: 'error', code: 'E_FORBIDDEN', about: 'hello' },
    ]);
    expect(valueOf(foldScope(home.entries)).members.get(home.writer.deviceId)?.revoked).not.toBeNull();
  });

  it('4a that never sent anything gets it once it has shown the log that it holds', () => {
    const desk = createDesk();
    desk.found(home.admin, { scopeId, entries });
    const id = desk.login(home.writer);
    expect(sentTo(id, desk.hello(id, { scopeId }, 2))).toHaveLength(1);
    desk.bring(id, { scopeId, entries: home.entries.slice(0, 3) });
    expect(sentTo(id, desk.hello(id, { scopeId }, 2))).toMatchObject([
      { type: 'entries', from: 3, entries: [home.entries[3]] },
      { type: 'error', code: 'E_FORBIDDEN', about: 'hello' },
    ]);
  });

  it('4a is told nothing that it knows already, and a stranger nothing at all', () => {
    const desk = createDesk();
    desk.found(home.admin, { scopeId, entries });
    const id = desk.login(home.writer);
    expect(sentTo(id, desk.hello(id, { scopeId }, 3))).toMatchObject([{ type: 'error', code: 'E_FORBIDDEN' }]);
    const stranger = desk.login(deviceFrom(73));
    expect(sentTo(stranger, desk.hello(stranger, { scopeId }, -1))).toMatchObject([
      { type: 'error', code: 'E_FORBIDDEN' },
    ]);
  });
});
