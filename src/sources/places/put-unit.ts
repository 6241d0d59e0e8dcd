import { utf8 } from '../../base/bytes.ts';
import { type Result, err } from '../../base/result.ts';
import type { WriteFault } from '../disk/disk-port.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import { errnoOf, problemCodeOf } from '../ground/problems.ts';
import { fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import type { UnitFiles } from '../../contract/place.ts';
import type { PlaceFiles } from './place-files.ts';
import { asidesAmong, readPlace, unsureOf } from './read-place.ts';
import type { TextReader } from './text-reader.ts';

export interface UnitWriting {
  readonly files: PlaceFiles;
  readonly reader: TextReader;
  /** Where each file is one unit. */
  readonly each?: UnitFiles | undefined;
  /** Asked anew at each reading: what a folder holds may be among them. */
  readonly paths: Iterable<string>;
  /** Where a unit goes that no file has yet; undefined where it can go nowhere. */
  newFileOf(id: string): string | undefined;
  /** As that of the source. */
  readonly namedFileOf?: ((id: string) => string | undefined) | undefined;
  /** Keeps what a file held, before the file is replaced. */
  keepCopy(path: string, text: string): void;
}

/** Writes a unit, or (undefined) removes it, where what is there has the expected fingerprint; undefined for none. */
export async function putUnit(
  writing: UnitWriting,
  id: string,
  wanted: Uint8Array | undefined,
  expected: string | undefined,
): Promise<Result<void, WriteFault>> {
  const { files, reader, each, paths, keepCopy } = writing;
  const seen = await readPlace(files, reader, each?.find() ?? paths);
  const unit = seen.units.get(id);
  const found = unit && fingerprintOf(utf8(unit.text), plainMode);
  const aside = (await asidesAmong(seen, [id])).get(id);
  if (aside?.why !== undefined) {
    return err('changed');
  }
  const unread = unsureOf(seen, aside);
  // It may stand in the file that cannot be read.
  if (found === undefined && unread !== undefined) {
    return err(unread.code);
  }
  if (found !== expected) {
    return err('changed');
  }
  const path = unit?.file.path ?? writing.newFileOf(id);
  const file = seen.files.find((one) => one.path === path);
  if (file?.keeper !== undefined) {
    return err(file.keeper.code);
  }
  const made = path === undefined ? undefined : await reader.next(file?.text ?? '', id, wanted, path);
  const next = made?.ok === true ? made.value : undefined;
  if (path === undefined || next === undefined) {
    return err('unit_unfit');
  }
  const fault = file && copyFault(keepCopy, path, file.text);
  if (fault !== undefined) {
    return err(fault);
  }
  const isWhole = each !== undefined && wanted === undefined && file !== undefined;
  return isWhole ? files.remove(path, file.text) : files.write(path, next, file?.text);
}

/** Without a copy of what it held no file is replaced. */
function copyFault(keepCopy: UnitWriting['keepCopy'], path: string, text: string): ProblemCode | undefined {
  try {
    keepCopy(path, text);
    return undefined;
  } catch (cause) {
    return problemCodeOf(errnoOf(cause), true);
  }
}
