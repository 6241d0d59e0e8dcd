import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';

/** One thing in a file that people name and edit: an alias, a setting. */
export interface Unit {
  /** Its record's id: a natural key, so that two machines with the same thing meet in one record. */
  readonly id: string;
  /** What it says, and nothing of how it is laid out where that means nothing: two units are the same by this. */
  readonly text: string;
}

/** In words why a unit that stands there stays on this machine; undefined for an id of which nothing stands there. */
export type Held = (id: string) => string | undefined;

/** Something that stays on this machine, of a kind of which units are called by what they say, so that it has no name. */
export interface Nameless {
  /** What the ids of its kind begin with. */
  readonly group: string;
  /** What it says, as units of its kind say it. */
  readonly text: string;
  /** In words why it stays. */
  readonly why: string;
}

/** A file taken apart. */
export interface ParsedPlace {
  /** In the file's order. Whatever lies between them stays as it is and never leaves this machine. */
  readonly units: readonly Unit[];
  /** How many pieces of the file are left alone, because nobody can tell what they are. */
  readonly leftAlone: number;
  /**
   * In words why what this id names stands there and stays on this machine: it holds a secret, say. It is neither taken
   * for removed nor written over, and its record stays as it is. A unit of {@link units} is none of them.
   */
  readonly held?: Held;
  /** What stays here and may be a unit that stood there before: of such a one the same holds. */
  readonly nameless?: readonly Nameless[];
  /**
   * Where a part of the file could not be taken apart: whether a unit that was not found may stand in it. Of such a one
   * nothing is believed, and it is not written.
   */
  readonly mayHold?: (id: string) => boolean;
}

/** How units are records and back. Pure. */
export interface UnitRecords {
  /** The record of a unit. */
  fieldsOf(id: string, unit: string): JsonObject;
  /** Inverse of {@link fieldsOf}; undefined for a record that is no unit of this kind of place. */
  unitOf(id: string, fields: JsonObject): string | undefined;
  /** True for a record that leaves the files, as if it had been removed, though it is kept. */
  isOut?(id: string, fields: JsonObject): boolean;
}

/**
 * How the text of a file is units and back. Pure. Two laws hold: what lies outside of a unit that is changed stays byte
 * for byte, and what is written is read again as what was written.
 */
export interface PlaceCodec extends UnitRecords {
  /** Or in words why the file cannot be taken apart: then nothing of it is believed, and nothing is written. */
  parse(text: string, path?: string): Result<ParsedPlace, string>;
  /** What a reading of this file rests on beside its text; where that is another, the same text is read anew. */
  restsOn?(path: string): string;
  /** The text with a unit that is there changed, or with a new one. */
  set(text: string, id: string, unit: string): string;
  /** The text without a unit that is there. */
  remove(text: string, id: string): string;
  /** Of a place whose ids name their file: where a unit goes that no file has yet; undefined where it can go nowhere. */
  fileOf?(id: string): string | undefined;
  /** Where each file is one unit, and files come and go: how they are found. */
  readonly each?: UnitFiles;
}

/** Files each of which is a unit: a removed unit is a removed file, and the other way round. */
export interface UnitFiles {
  /** Those that are there now, as absolute paths. */
  find(): readonly string[];
  /** Where a unit goes that no file has yet; undefined where there is no such place on this machine. */
  fileOf(id: string): string | undefined;
  /** True where a file that is gone was removed, and not the folder that it lay in with it. */
  isRemoved(path: string): boolean;
}

/** Where the places of a person lie. */
export interface PlaceSurroundings {
  /** The person's home folder, a real path. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a person's programs keep their settings; a variable that is empty says nothing. */
export function settingsFolder({ home, environment }: PlaceSurroundings): string {
  return environment['XDG_CONFIG_HOME'] || `${home}/.config`;
}

/** A kind of place where records of a collection live on this machine. */
export interface Place {
  /** Unique among all engines; the first name of the ids of its units. */
  readonly name: string;
  /**
   * The files that hold its units, as absolute paths, in the order in which they are looked for; the first gives it its
   * name. Asked at each reading: what a folder holds may be among them.
   */
  files(surroundings: PlaceSurroundings): readonly string[];
  /** Where a unit goes that no file has yet, unless its id names its file: one of {@link files}. */
  newUnits(surroundings: PlaceSurroundings): string;
  /** A line that a person adds to the first file, so that what is in {@link newUnits} is read; undefined where it is anyway. */
  readonly hookLine: string | undefined;
  /** Loads what takes its files apart. */
  open(surroundings: PlaceSurroundings): Promise<PlaceCodec>;
}
