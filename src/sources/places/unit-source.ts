import type { Result } from '../../base/result.ts';
import type { WriteFault } from '../disk/disk-port.ts';
import { type UnitWriting, putUnit } from './put-unit.ts';
import { type PlaceSight, readPlace } from './read-place.ts';

/** The units of a place, however they are read and written. */
export interface UnitSource {
  read(): Promise<PlaceSight>;
  /** One file alone, where each is a unit: a place of many files is not read whole for each of them. */
  readFile?(path: string): Promise<PlaceSight>;
  /** Writes a unit, or (undefined) removes it, where what is there has the expected fingerprint; undefined for none. */
  put(id: string, wanted: Uint8Array | undefined, expected: string | undefined): Promise<Result<void, WriteFault>>;
  /** The file that a unit goes into that no file has yet. */
  newFileOf(id: string): string | undefined;
  /** Of a place whose ids name their file: that file now; undefined where it names none here. */
  namedFileOf?: ((id: string) => string | undefined) | undefined;
  /** Nothing is ever written. */
  readonly onlyReads: boolean;
  /** A unit that is gone here is gone on this machine alone. */
  readonly keepsRecords: boolean;
  /** True where a file that is gone takes its unit along. */
  isRemoved(path: string): boolean;
}

/** Those that stand in files of text. */
export function textUnits(writing: UnitWriting): UnitSource {
  const { files, reader, each, paths } = writing;
  return {
    read: () => readPlace(files, reader, each?.find() ?? paths),
    ...(each === undefined ? {} : { readFile: (path) => readPlace(files, reader, [path]) }),
    put: (id, wanted, expected) => putUnit(writing, id, wanted, expected),
    newFileOf: (id) => writing.newFileOf(id),
    namedFileOf: writing.namedFileOf,
    isRemoved: (path) => each?.isRemoved(path) === true,
    ...{ onlyReads: false, keepsRecords: false },
  };
}
