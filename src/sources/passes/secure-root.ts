import { type Result, err, ok } from '../../base/result.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import { type RootFault, type RootJudgement, judgeRoot } from '../ground/judge-root.ts';
import { type SourceState, inTransaction } from './source-state.ts';

/** Files that are looked at to know a folder again that has lost its mark. */
const sampled = 100;

/**
 * Makes sure that the folder at the root's path is the linked one, before anything of it is believed or anything is
 * written into it. Where it is not, the link stands still, and that is remembered.
 */
export async function secureRoot(state: SourceState, isAsked: boolean): Promise<Result<string, RootFault>> {
  const { disk } = state;
  const seen = disk.root();
  const known = { paused: state.root.paused?.reason, isAsked, wasMarked: state.root.wasMarked };
  if (!seen.ok) {
    const sight = seen.error === 'missing' || seen.error === 'symlink' ? 'missing' : 'unreadable';
    return follow(state, judgeRoot({ ...nothingKnown, ...known, sight }), undefined);
  }
  const { identity, marks, isOnly } = seen.value;
  disk.hold(identity);
  const hasOwnMark = isOnly === true || marks.includes(state.root.linkId);
  const noted = hasOwnMark ? [] : state.notes.files(state.options.link.root).filter(({ hash }) => hash !== null);
  const unchanged = await shareUnchanged(state, noted);
  const hasOtherMarks = marks.some((mark) => mark !== state.root.linkId);
  const facts = { hasOwnMark, hasOtherMarks, noted: noted.length, unchanged };
  const judged = judgeRoot({ sight: 'folder', ...facts, ...known });
  // It lost the mark it had, or was away, and is known again by its files: somebody put them back.
  if (judged.kind === 'known' && judged.mark && (known.wasMarked || known.paused !== undefined)) {
    await forgetAbsent(state, noted);
  }
  return follow(state, judged, identity);
}

/** What was not put back was not removed either: it is written again. Before the mark says that all of it is right. */
async function forgetAbsent(state: SourceState, noted: readonly LinkedFile[]): Promise<void> {
  const absent: LinkedFile[] = [];
  for (const file of noted) {
    if ((await state.disk.look(file.path)).kind === 'absent') {
      absent.push(file);
    }
  }
  inTransaction(state, () => {
    for (const { path } of absent) {
      state.notes.removeFile(state.options.link.root, path);
    }
  });
}

const nothingKnown = { hasOwnMark: false, hasOtherMarks: false, noted: 0, unchanged: 0 } as const;

function follow(state: SourceState, judged: RootJudgement, identity: string | undefined): Result<string, RootFault> {
  const { disk, options, problems } = state;
  if (judged.kind === 'strange' || identity === undefined) {
    const reason = judged.kind === 'strange' ? judged.fault : 'root_missing';
    rootFaults.filter((other) => other !== reason).forEach((other) => problems.clearCode(other));
    if (state.root.paused?.reason !== reason) {
      state.root.paused = { reason, sinceMs: state.root.paused?.sinceMs ?? options.nowMs() };
      options.memory?.pauseChanged?.(state.root.paused);
    }
    problems.report(reason, '');
    return err(reason);
  }
  // On a disk that takes no mark, what lies in the folder has to say what it is each time.
  if (judged.mark && disk.mark(state.root.linkId).ok) {
    state.root.wasMarked = true;
    options.memory?.marked?.();
  }
  if (state.root.paused !== undefined) {
    state.root.paused = undefined;
    options.memory?.pauseChanged?.(undefined);
  }
  for (const code of rootFaults) {
    problems.clearCode(code);
  }
  return ok(identity);
}

const rootFaults: readonly RootFault[] = ['root_missing', 'root_unreadable', 'root_unknown', 'root_of_another'];

/** Share of noted files that lie there with the bytes that were noted; 0 where none was noted. */
async function shareUnchanged(state: SourceState, noted: readonly LinkedFile[]): Promise<number> {
  const step = Math.max(1, Math.ceil(noted.length / sampled));
  const sample = noted.filter((_file, index) => index % step === 0);
  let unchanged = 0;
  for (const file of sample) {
    unchanged += (await isUnchanged(state, file)) ? 1 : 0;
  }
  return sample.length === 0 ? 0 : unchanged / sample.length;
}

async function isUnchanged({ disk }: SourceState, { path, hash, sizeBytes, modifiedMs }: LinkedFile): Promise<boolean> {
  const reading = await disk.read(path);
  if (reading.kind === 'large') {
    return reading.look.sizeBytes === sizeBytes && reading.look.modifiedMs === modifiedMs;
  }
  if (reading.kind !== 'file' || reading.sizeBytes !== sizeBytes) {
    return false;
  }
  const { bytes, executable, private: isPrivate } = reading;
  // Not every record holds its file's mode.
  return [{ executable, private: isPrivate }, { executable, private: false }, plainMode].some(
    (mode) => fingerprintOf(bytes, mode) === hash,
  );
}
