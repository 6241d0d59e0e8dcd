import type { LackedAuthorityBody } from './bodies.ts';

/** A kind of place where records of a collection live on this machine, and what was found there. */
export interface PlaceBody {
  readonly name: string;
  readonly engineId: string;
  readonly collection: string;
  /** True while its units and the records of the collection are kept in step. */
  readonly on: boolean;
  /** Files that are there; empty where nothing was found. */
  readonly files: readonly string[];
  /** Where was looked. */
  readonly lookedAt: readonly string[];
  readonly units: PlaceCounts;
  /** In words why nothing is written here, and what to do with what the other devices have; null where it is written. */
  readonly onlyRead: string | null;
  /** Without it nothing that is new here is told to the other devices; null where this device may. */
  readonly lackedAuthority: LackedAuthorityBody | null;
  /** Pieces of the files that are left alone, because nobody can tell what they are. */
  readonly leftAlone: number;
  /** What stands in the way, in words. */
  readonly obstacles: readonly { readonly path: string; readonly message: string }[];
  /** In words why it could not be looked at at all; null where it was. */
  readonly failure: string | null;
  /** A line that is still missing in a file, without which what the other devices add is not read; null where none is. */
  readonly missingLine: { readonly path: string; readonly line: string } | null;
}

/** Against the records that this device knows. */
export interface PlaceCounts {
  readonly total: number;
  /** No record speaks of them yet. */
  readonly fresh: number;
  readonly same: number;
  readonly different: number;
  /** Live records that stand in no file here. */
  readonly absent: number;
  /** Live records of which a unit stands here that stays on this machine: neither is changed by the other. */
  readonly held: number;
}

/** A place with each of its units. */
export interface PlaceShowBody extends PlaceBody {
  readonly items: readonly {
    readonly id: string;
    readonly path: string;
    readonly standing: keyof Omit<PlaceCounts, 'total'>;
    /** In words why a held one stays here. */
    readonly why?: string;
  }[];
}
