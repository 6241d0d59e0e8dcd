import type { Result } from '../../base/result.ts';
import type { WriteFault } from '../disk/disk-port.ts';
import { type UnitWriting, putUnit } from './put-unit.ts';
import { type PlaceSight, readPlace } from './read-place.ts';

/** The units of a place, however they are read and written. */
export interface UnitSource {
  read(): Promise<PlaceSight>;
  /** Writes a unit, or (undefined) removes it, where what is there has the expected fingerprint; undefined for none. */
  put(id: string, wanted: Uint8Array | undefined, expected: string | undefined): Promise<Result<void, WriteFault>>;
  /** Nothing is ever written. */
  readonly onlyReads: boolean;
  /** A unit that is gone here is gone on this machine alone. */
  readonly keepsRecords: boolean;
}

/** Those that stand in files of text. */
export function textUnits(writing: UnitWriting): UnitSource {
  return {
    read: () => readPlace(writing.files, writing.codec, writing.paths),
    put: (id, wanted, expected) => putUnit(writing, id, wanted, expected),
    ...{ onlyReads: false, keepsRecords: false },
  };
}
