import type { World } from './world.ts';

/** Something that happens to a device, to the relay or to what is between them, and is over some time later. */
export interface Fault {
  /** Names it on the command line and in the table. */
  readonly name: string;
  /** What must be there before anything runs; `root` holds everything of the round. */
  readonly prepare?: (root: string) => Promise<Prepared>;
  readonly strike: (world: World) => Promise<Struck>;
  /** How long a person may wait until it is named, in ms. */
  readonly sayWithinMs?: number;
  /** How long a person may wait until nothing is said any more, in ms. */
  readonly wellWithinMs?: number;
  /** How long it lasts at least, in ms. */
  readonly lastsMs?: number;
  /** False where nothing is to be named: whoever looks sees no difference, and there is none. Asked when it is over. */
  readonly mustBeSaid?: () => boolean;
}

export type Place = 'a' | 'b' | 'relay';

export interface Prepared {
  /** The environment of each process. */
  readonly environment?: Readonly<Partial<Record<Place, Readonly<Record<string, string>>>>>;
  /** The address at which device A finds the relay, once there is one. */
  readonly address?: (relayUrl: string) => string;
  /** Known before the relay starts. */
  readonly publicUrl?: string;
  readonly close?: () => Promise<void>;
}

/** A fault while it lasts. */
export interface Struck {
  /** When it was over, where that is before `end`. */
  readonly overMs?: number;
  /** What names it now: a reason, a state or a message that a person is shown; undefined while nothing does. */
  readonly said: (world: World) => Promise<string | undefined>;
  /** Ends it; answers what a person had to do, where it does not end by itself. */
  readonly end: (world: World) => Promise<string | undefined>;
  /** Ids of what stood in a file alone that the fault destroyed: no program gives that back. */
  readonly destroyed?: readonly string[];
  /** A figure that belongs into its row. */
  readonly figure?: () => string | undefined;
  /** What a figure of it is beyond, in words. */
  readonly excess?: () => string | undefined;
}
