import type { JsonObject } from '../base/json.ts';

/** What an engine says of a change of one of its records, for whoever decides about it. */
export interface Judgement {
  /** Everything is dangerous that is not known to be harmless. */
  readonly level: 'harmless' | 'dangerous';
  /** Why, in a few words. */
  readonly words: string;
}

export const harmless: Judgement = { level: 'harmless', words: 'harmless' };

export function dangerous(words: string): Judgement {
  return { level: 'dangerous', words };
}

/** The fields of another live record of the collection, by its id; undefined for one that is not live here. */
export type Beside = (id: string) => JsonObject | undefined;
