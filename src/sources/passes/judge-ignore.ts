import { textFromUtf8 } from '../../base/bytes.ts';
import type { RecordId } from '../../base/ids.ts';
import { type IgnoreRules, createIgnoreRules, ignoreFileName } from '../reconcile/ignore-rules.ts';
import type { Observation } from '../reconcile/observation.ts';
import type { Disk } from '../disk/disk-port.ts';
import type { NoteIndex } from '../ground/noted-files.ts';
import { type RecordView, localFileOf } from '../ground/records.ts';
import { idFromPath } from '../ground/safe-path.ts';
import type { IgnoreChange } from '../reconcile/ignore-change.ts';

/** Leaving out so many files that sync is an everyday change. */
const mostLeftOut = 20;
/** As many as a list for a person can show. */
const mostShown = 1000;

/** What of a folder's state tells what other rules would come to. */
export interface RuledFolder {
  readonly options: { readonly view: RecordView; readonly link: { readonly root: string } };
  readonly disk: Pick<Disk, 'walk' | 'caseInsensitive'>;
  readonly notes: Pick<NoteIndex, 'files'>;
  readonly paths: { readonly rules: IgnoreRules };
}

/** The change where a person has to look at it first; undefined where the new rules may be written. */
export async function heldIgnoreChange(
  state: RuledFolder,
  { id, row, agreed }: Observation,
): Promise<IgnoreChange | undefined> {
  const file = id === ignoreFileName && row !== undefined ? localFileOf(state.options.view, row, agreed) : undefined;
  const text = file && textFromUtf8(file.bytes);
  if (row === undefined || text === undefined) {
    return undefined;
  }
  const { rules } = state.paths;
  const next = createIgnoreRules(text, rules.localText, state.disk.caseInsensitive);
  const leftOut = inStep(state).filter((path) => !rules.ignores(path, false) && next.ignores(path, false));
  const shown = await shownBy(state, rules, next);
  const isMuch = shown.length > 0 || leftOut.length > mostLeftOut;
  return isMuch ? { version: row.version, shown, leftOut } : undefined;
}

function inStep({ notes, options }: RuledFolder): readonly RecordId[] {
  return notes.files(options.link.root).flatMap(({ path, hash }) => (hash === null ? [] : [path as RecordId]));
}

/** Files that only the rules in force leave out. */
async function shownBy({ disk }: RuledFolder, rules: IgnoreRules, next: IgnoreRules): Promise<readonly RecordId[]> {
  const builtIn = createIgnoreRules('', '', disk.caseInsensitive);
  const shown: RecordId[] = [];
  for await (const folder of disk.walk('', (path, isFolder) => builtIn.ignores(path, isFolder))) {
    for (const { kind, path } of 'entries' in folder ? folder.entries : []) {
      const id = kind === 'file' ? idFromPath(path) : undefined;
      if (id !== undefined && rules.ignores(id, false) && !next.ignores(id, false)) {
        shown.push(id);
      }
    }
    if (shown.length >= mostShown) {
      break;
    }
  }
  return shown;
}
