import type { JsonObject } from '../base/json.ts';
import type { Held, Place, PlaceSurroundings, Unit } from './place.ts';

/** A unit as it was read, and the file that it was read from. */
export interface ObservedUnit extends Unit {
  /** Absolute. */
  readonly path: string;
  /** What its program calls it in that file, whatever it says: under another id it is the same one renamed. */
  readonly lastingName?: string;
}

/** What was read of a place. */
export interface PlaceReport {
  /** In the order of the place. */
  readonly units: readonly ObservedUnit[];
  /** What could not be read, and in words why and what to do: of what it held nothing is taken for removed. */
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  /** How many things are left alone, because nobody can tell what they are or because they are of this machine alone. */
  readonly leftAlone: number;
  /** In words why what this id names is there and stays on this machine: its record is neither removed nor changed. */
  readonly held?: Held;
}

/**
 * A place that is read as a whole and never rewritten by span: a database, a list that a program keeps, a tree of
 * folders. Reading starts no program of the owner, takes no lock and waits for none: it reads a copy where that is needed.
 */
export interface ObservedPlace {
  /** Unique among all engines; the first name of the ids of its units. */
  readonly name: string;
  /** Files and folders that are read and watched, as absolute paths; the first gives the place its name. */
  lookedAt(surroundings: PlaceSurroundings): readonly string[];
  /** Never throws for what lies in the files. Where none of them is there: no units and no faults. */
  observe(surroundings: PlaceSurroundings): Promise<PlaceReport>;
  /** The record of a unit. */
  fieldsOf(id: string, unit: string): JsonObject;
  /** Inverse of {@link fieldsOf}; undefined for a record that is no unit of this kind of place. */
  unitOf(id: string, fields: JsonObject): string | undefined;
  /** Where ids name their file: that file, as an absolute path; undefined where it names none here. */
  fileOf?(id: string, surroundings: PlaceSurroundings): string | undefined;
  /** In words why nothing is written here, and what a person does instead with what the other machines have. */
  readonly onlyRead: string;
  /** True where what is gone here is gone on this machine alone (a clone): its record stays for the others. */
  readonly keepsRecords: boolean;
}

/** True for a place that is only read. */
export function isObserved(place: Place | ObservedPlace): place is ObservedPlace {
  return 'observe' in place;
}
