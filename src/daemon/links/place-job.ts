import type { PlaceReport } from '../../contract/observed-place.ts';
import type { ParsedPlace, PlaceSurroundings } from '../../contract/place.ts';
import type { ScriptedPlace } from '../engines/script-place.ts';
import type { Aside } from '../../sources/places/text-reader.ts';

/** What the thread of the places is asked; all of it passes as a copy. */
export type PlaceJob = {
  /** Name of the place. */
  readonly place: string;
  readonly surroundings: PlaceSurroundings;
  /** Where a script of others takes it apart. */
  readonly script?: ScriptedPlace | undefined;
} & PlaceQuestion;

export type PlaceQuestion =
  /** A text is taken apart. */
  | { readonly kind: 'read'; readonly text: string; readonly path: string }
  /** What is known of ids that are no units of this text. */
  | { readonly kind: 'asides'; readonly text: string; readonly path: string; readonly ids: readonly string[] }
  /** The text with a unit changed, added or (undefined) removed. */
  | {
      readonly kind: 'next';
      readonly text: string;
      readonly path: string;
      readonly id: string;
      readonly unit: Uint8Array | undefined;
    }
  /** A place that is only read; `known` is the number of the report that is known already. */
  | { readonly kind: 'observe'; readonly known: number | undefined }
  /** More units of the report of this number. */
  | { readonly kind: 'observed_page'; readonly number: number; readonly start: number }
  /** What is known of ids that are no units of it. */
  | { readonly kind: 'observed_asides'; readonly ids: readonly string[] };

/** The answer to each kind, or in words why there is none. */
export interface PlaceAnswers {
  readonly read: Pick<ParsedPlace, 'units' | 'leftAlone' | 'nameless'> & { readonly hasAsides: boolean };
  readonly asides: ReadonlyMap<string, Aside>;
  readonly next: string | undefined;
  readonly observe: ObservedAnswer;
  /** Undefined where the place was read anew meanwhile. */
  readonly observed_page: PackedUnits | undefined;
  readonly observed_asides: ReadonlyMap<string, Aside>;
}

/** Undefined in place of a report that is known already. */
export interface ObservedAnswer {
  readonly number: number;
  readonly report: PackedReport | undefined;
}

/** A report with the first of its units: all of many at once would hold up the daemon. */
export interface PackedReport extends Pick<PlaceReport, 'faults' | 'leftAlone'> {
  readonly first: PackedUnits;
  /** How many units there are. */
  readonly total: number;
  readonly hasAsides: boolean;
}

/** Units as few lists instead of many objects, which are copied many times as fast. */
export interface PackedUnits {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
  readonly paths: readonly string[];
  /** Of each unit, its path among {@link paths}. */
  readonly pathOf: Uint32Array;
  /** Of each unit, its lasting name; none where no unit has one. */
  readonly lastingNames: readonly (string | undefined)[];
}
