import { describe, expect, it } from 'vitest';
import type { ScopeId } from '../../../src/base/ids.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import type { RelayStore } from '../../../src/relay/port.ts';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import { createHousehold, createWorld, deviceFrom } from '../membership/fixtures.ts';
import { createDesk, sentTo } from './desk.ts';

const home = createHousehold(81);
const { scopeId } = home.state;
const elsewhere = createWorld(82);

/** A store that notes which of its questions were asked. */
function watched(store: RelayStore): { readonly store: RelayStore; readonly asked: string[] } {
  const asked: string[] = [];
  const proxy = new Proxy(store, {
    get(target, name: keyof RelayStore) {
      asked.push(name);
      return target[name];
    },
  });
  return { store: proxy, asked };
}

/** What a device that is no member is answered, about a scope with four entries or about one that is not there. */
function probe(isThere: boolean, ask: (desk: ReturnType<typeof createDesk>, id: number) => readonly RelayMessage[]) {
  const { store, asked } = watched(createMemoryRelayStore());
  const desk = createDesk({ store, open: false, policy: { open: isThere } });
  if (isThere) {
    desk.found(home.admin, { scopeId, entries: home.entries });
  }
  const closed = createDesk({ store, open: false });
  const id = closed.login(deviceFrom(83));
  asked.length = 0;
  return { answers: ask(closed, id), asked: [...asked] };
}

const append =
  (sequence: number, entry: Uint8Array, scope: ScopeId = scopeId) =>
  (desk: ReturnType<typeof createDesk>, id: number): readonly RelayMessage[] =>
    sentTo(id, desk.say(id, { type: 'append_entry', scopeId: scope, sequence, token: null, isNew: true, entry }));

describe('who is no member and asks by append_entry', () => {
  const garbage = new Uint8Array(300).fill(3);
  const foreign = createHousehold(84).entries;
  const guesses: readonly [string, number, Uint8Array][] = [
    ...[0, 1, 2, 3, 4, 5, 900].map((at): [string, number, Uint8Array] => [`garbage at ${at}`, at, garbage]),
    ...[0, 1, 3, 4].map((at): [string, number, Uint8Array] => [
      `an entry of another scope at ${at}`,
      at,
      foreign[Math.min(at, 3)] as Uint8Array,
    ]),
    ['the genesis of another scope', 0, elsewhere.genesis],
    ['an entry of this scope where it does not stand', 2, home.entries[1] as Uint8Array],
  ];

  it.each(guesses)('4b learns nothing, and costs the same: %s', (_name, sequence, entry) => {
    const [present, absent] = [true, false].map((isThere) => probe(isThere, append(sequence, entry)));
    expect(present).toEqual(absent);
    expect(present?.answers).toMatchObject([{ type: 'error', about: 'entry', scopeId }]);
  });

  it('4b nor by hello, whatever it says it holds', () => {
    const [present, absent] = [true, false].map((isThere) =>
      probe(isThere, (desk, id) => sentTo(id, desk.hello(id, { scopeId }, 2))),
    );
    expect(present).toEqual(absent);
    expect(present?.answers).toMatchObject([{ type: 'error', code: 'E_FORBIDDEN', about: 'hello' }]);
  });

  it('4b who holds the log goes on with it, though it is no member yet: the next entry makes it one', () => {
    const desk = createDesk();
    const [first, second, third] = home.entries;
    desk.found(home.admin, { scopeId, entries: [first as Uint8Array, second as Uint8Array] });
    const id = desk.login(home.writer);
    const effects = desk.bring(id, { scopeId, entries: [first, second, third] as Uint8Array[] });
    expect(sentTo(id, effects).map((message) => message.type)).toEqual(Array(3).fill('entry_appended'));
  });
});
