import type { Random } from '../simulation/random.ts';
import type { Ledger } from './ledger.ts';
import type { LossBook } from './loss-book.ts';
import type { Pair } from './product/port.ts';
import type { Tally } from './tally.ts';
import type { TreeReader } from './tree.ts';

/** What everybody who plays in a life is given. */
export interface Life {
  readonly pair: Pair;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly losses: LossBook;
  readonly trees: TreeReader;
  /** Follows from the seed and from the scene alone. */
  readonly random: Random;
  /** Set when a person wants it to end. */
  readonly signal: AbortSignal;
  /** How many files an archive holds. */
  readonly archiveFiles: number;
  /** How long anything is waited for that must come true. */
  readonly patienceMs: number;
  /** Paths, as `folder/path`, that were found different after rest: they are told of once and stand in nobody's way. */
  readonly spoilt: Set<string>;
  /** Files, as `folder/path`, that a person deleted and nobody made again, and when: they stay away. */
  readonly deleted: Map<string, number>;
  /** Keeps a text that was saved, so that one that is lost can be shown. */
  remember(hash: string, bytes: Uint8Array): void;
  /** Keeps what shows a finding: a name and its content. */
  keep(name: string, content: Uint8Array | string): void;
  /** Writes one line of what happens. */
  note(what: string, facts?: object): void;
}
