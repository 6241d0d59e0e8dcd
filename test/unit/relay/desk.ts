import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { type Mailbox, createMailbox } from '../../../src/relay/mailbox.ts';
import type { MailboxEffect, MailboxInput } from '../../../src/relay/mailbox/connection.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import { type RelayPolicy, defaultPolicy, openPolicy } from '../../../src/relay/policy.ts';
import type { RegistrationTokens } from '../../../src/relay/registration/token-folder.ts';
import type { RelayStore } from '../../../src/relay/port.ts';
import { answerChallenge } from '../../../src/sync/wire/authenticate.ts';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import { seededBytes } from '../membership/fixtures.ts';
import type { Pair } from './members.ts';

export const origin = 'ws://relay.test:443';

/** Talks to a mailbox as one or more connections would. */
export function createDesk(
  options: { store?: RelayStore; policy?: Partial<RelayPolicy>; open?: boolean; tokens?: RegistrationTokens } = {},
) {
  const store = options.store ?? createMemoryRelayStore();
  const policy = { ...(options.open === false ? defaultPolicy : openPolicy), ...options.policy };
  const mailbox: Mailbox = createMailbox({
    ...{ store, origins: [origin], policy },
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
  });
  const randomBytes = seededBytes(5);
  let nowMs = 1_700_000_000_000;
  let lastId = 0;
  const many = (inputs: readonly MailboxInput[]): readonly MailboxEffect[] =>
    mailbox.stepMany(inputs, nowMs, randomBytes);
  const say = (connectionId: number, event: MailboxInput['event']): readonly MailboxEffect[] =>
    many([{ connectionId, event }]);
  const open = (address?: string): { id: number; nonce: Uint8Array } => {
    const id = ++lastId;
    const whence = address === undefined ? {} : { address };
    const [challenge] = sentTo(id, many([{ connectionId: id, event: 'opened', ...whence }]));
    return { id, nonce: challenge?.type === 'challenge' ? challenge.nonce : new Uint8Array(32) };
  };
  const greet = (keys: DeviceKeys): { id: number; welcome: RelayMessage | undefined } => {
    const { id, nonce } = open();
    const [welcome] = sentTo(id, say(id, answerChallenge(keys, nonce, origin, nowMs)));
    return { id, welcome };
  };
  const login = (keys: DeviceKeys): number => greet(keys).id;
  /** Appends the entries of a log from a position on. */
  const bring = (id: number, { scopeId, entries }: Pick<Pair, 'scopeId' | 'entries'>, from = 0) =>
    entries
      .slice(from)
      .flatMap((entry, index) =>
        say(id, { type: 'append_entry', scopeId, sequence: from + index, token: null, isNew: false, entry }),
      );
  const found = (founder: DeviceKeys, of: Pick<Pair, 'scopeId' | 'entries'>): number => {
    const id = login(founder);
    bring(id, of);
    return id;
  };
  const hello = (id: number, { scopeId }: Pick<Pair, 'scopeId'>, logSequence = 1): readonly MailboxEffect[] =>
    say(id, { type: 'hello', scopeId, frontier: {}, logSequence });
  return {
    store,
    mailbox,
    many,
    say,
    open,
    login,
    greet,
    found,
    bring,
    hello,
    nowMs: () => nowMs,
    pass: (ms: number, blindMs = 0): readonly MailboxEffect[] => {
      nowMs += ms;
      return mailbox.tick(nowMs, blindMs);
    },
  };
}

export function sentTo(id: number, effects: readonly MailboxEffect[]): readonly RelayMessage[] {
  return effects.flatMap((effect) => (effect.type === 'send' && effect.connectionId === id ? [effect.message] : []));
}

export function isClosed(id: number, effects: readonly MailboxEffect[]): boolean {
  return effects.some((effect) => effect.type === 'close' && effect.connectionId === id);
}
