import { describe, expect, it } from 'vitest';
import type { RelayPolicy } from '../../../src/relay/policy.ts';
import { createDesk, isClosed, sentTo } from './desk.ts';

const bearer = new Uint8Array(32).fill(7);
const nameOf = (index: number): string => `mailbox-${String(index).padStart(16, '0')}`;

function createHall(policy: Partial<RelayPolicy> = {}) {
  const desk = createDesk({ policy });
  /** Opens a mailbox from an address: the connection, and what it was answered. */
  const enter = (index: number, address: string): { readonly id: number; readonly answer: string | undefined } => {
    const { id } = desk.open(address);
    const opening = { type: 'mailbox_open', version: 1, mailbox: nameOf(index), bearer } as const;
    const [first] = sentTo(id, desk.say(id, opening));
    return { id, answer: first?.type === 'error' ? first.code : first?.type };
  };
  return { ...desk, enter };
}

describe('the room for pairing', () => {
  it('13 one address that opens all it can blocks itself alone', () => {
    const hall = createHall();
    const answers = Array.from({ length: 400 }, (_, index) => hall.enter(index, '198.51.100.1').answer);
    expect(answers.filter((answer) => answer === 'mailbox_opened')).toHaveLength(16);
    expect(answers.at(-1)).toBe('E_QUOTA');
    expect(hall.enter(500, '198.51.100.2').answer).toBe('mailbox_opened');
    expect(hall.enter(500, '203.0.113.9').answer).toBe('mailbox_opened');
  });

  it('13 where all are taken, the oldest to which nobody came gives way, of whom most are', () => {
    const hall = createHall({ mailboxes: 4, mailboxesPerAddress: 3 });
    const pairing = hall.enter(1, 'a');
    hall.enter(1, 'b');
    const honest = hall.enter(2, 'c');
    const [first, second] = [hall.enter(3, 'd'), hall.enter(4, 'd')];
    expect(hall.enter(5, 'e').answer).toBe('mailbox_opened');
    expect(hall.mailbox.stats.pairingMailboxes).toBe(4);
    const effects = hall.pass(10_001);
    const gone = [pairing, honest, first, second].map(({ id }) => isClosed(id, effects));
    expect(gone).toEqual([false, false, true, false]);
  });

  it('13 says that there is no room only where two devices pair in each', () => {
    const hall = createHall({ mailboxes: 1 });
    hall.enter(1, 'a');
    hall.enter(1, 'b');
    expect(hall.enter(2, 'c').answer).toBe('E_QUOTA');
  });

  it('13 a mailbox that everybody left is kept for a minute, or until its address needs the room', () => {
    const hall = createHall({ mailboxesPerAddress: 1 });
    const left = hall.enter(1, 'a');
    hall.say(left.id, { type: 'mailbox_put', slot: 1, body: new Uint8Array(10) });
    hall.say(left.id, 'closed');
    hall.pass(50_000);
    const back = hall.enter(1, 'b');
    expect(back.answer).toBe('mailbox_opened');
    hall.pass(300_000);
    expect(hall.mailbox.stats.pairingMailboxes).toBe(1);
    hall.say(back.id, 'closed');
    hall.pass(61_000);
    expect(hall.mailbox.stats.pairingMailboxes).toBe(0);
    hall.say(hall.enter(2, 'a').id, 'closed');
    expect(hall.enter(3, 'a').answer).toBe('mailbox_opened');
    expect(hall.mailbox.stats.pairingMailboxes).toBe(1);
  });

  it('13 who is still in a mailbox that the other device deletes is told', () => {
    const hall = createHall();
    const [inviter, newcomer] = [hall.enter(1, 'a'), hall.enter(1, 'b')];
    const effects = hall.say(inviter.id, { type: 'mailbox_delete' });
    expect(sentTo(newcomer.id, effects)).toMatchObject([{ type: 'error', about: 'mailbox' }]);
    expect(sentTo(inviter.id, effects)).toEqual([]);
  });

  it('13 what one address may leave in its mailboxes is limited', () => {
    const hall = createHall({ mailboxBytesPerAddress: 100 });
    const [one, two, other] = [hall.enter(1, 'a'), hall.enter(2, 'a'), hall.enter(3, 'b')];
    const put = (id: number, slot: number) =>
      sentTo(id, hall.say(id, { type: 'mailbox_put', slot, body: new Uint8Array(60) }));
    expect(put(one.id, 1)).toEqual([]);
    expect(put(two.id, 1)).toMatchObject([{ code: 'E_QUOTA', about: 'mailbox' }]);
    expect(put(other.id, 1)).toEqual([]);
  });
});
