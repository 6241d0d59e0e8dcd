import { type PresenceState, goodbye, isGone } from '../ports/messages.ts';

/** Editors that say nothing for this long are gone, as y-protocols has it; they repeat themselves every 15 s. */
export const presenceTimeoutMs = 30_000;
const maximumClients = 256;

/**
 * Who is at a record now, and what they say of themselves. Each entry belongs to whoever brought it (a connection, or
 * another device): nobody else changes it or ends it, but a new connection of this device, to which an editor came back.
 */
export interface PresenceTable<Owner> {
  /** What of the states is news, to be told to everybody. */
  take(owner: Owner, states: readonly PresenceState[], nowMs: number): readonly PresenceState[];
  /** These are all that an owner has; what it had besides ends. Answers what is news. */
  replace(owner: Owner, states: readonly PresenceState[], nowMs: number): readonly PresenceState[];
  /** Everything of one owner ends; answers the goodbyes. */
  leave(owner: Owner): readonly PresenceState[];
  /** What was not repeated in time ends; answers the goodbyes. */
  expire(nowMs: number): readonly PresenceState[];
  /** Everybody's states, or those of some owners. */
  states(ofOwner?: (owner: Owner) => boolean): readonly PresenceState[];
}

interface Entry<Owner> {
  readonly owner: Owner;
  readonly state: PresenceState;
  readonly heardMs: number;
}

/** `mayTakeOver`: whether one owner may go on for another under the same client id. */
export function createPresenceTable<Owner>(mayTakeOver: (from: Owner, to: Owner) => boolean): PresenceTable<Owner> {
  const entries = new Map<number, Entry<Owner>>();

  function isNews(owner: Owner, state: PresenceState): boolean {
    const known = entries.get(state.client);
    if (known === undefined) {
      return !isGone(state) && entries.size < maximumClients;
    }
    if (known.owner !== owner && (isGone(state) || !mayTakeOver(known.owner, owner))) {
      return false;
    }
    const { clock } = known.state;
    return state.clock > clock || (state.clock === clock && isGone(state));
  }

  function drop(ends: (entry: Entry<Owner>) => boolean): readonly PresenceState[] {
    const gone = [...entries.values()].filter(ends).map(({ state }) => goodbye(state));
    for (const { client } of gone) {
      entries.delete(client);
    }
    return gone;
  }

  function take(owner: Owner, states: readonly PresenceState[], nowMs: number): readonly PresenceState[] {
    const news: PresenceState[] = [];
    for (const state of states) {
      if (!isNews(owner, state)) {
        continue;
      }
      if (isGone(state)) {
        entries.delete(state.client);
      } else {
        entries.set(state.client, { owner, state, heardMs: nowMs });
      }
      news.push(state);
    }
    return news;
  }

  return {
    take,
    replace(owner, states, nowMs) {
      const all = new Set(states.map(({ client }) => client));
      const gone = drop((entry) => entry.owner === owner && !all.has(entry.state.client));
      return [...gone, ...take(owner, states, nowMs)];
    },
    leave: (owner) => drop((entry) => entry.owner === owner),
    expire: (nowMs) => drop(({ heardMs }) => nowMs - heardMs >= presenceTimeoutMs),
    states: (ofOwner = () => true) =>
      [...entries.values()].filter(({ owner }) => ofOwner(owner)).map(({ state }) => state),
  };
}
