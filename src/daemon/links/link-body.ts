import { asShellWord } from '../../base/shell-word.ts';
import type { FolderBody, LinkBody, LinkProblemBody, NotInStepBody } from '../../api/types/links.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { CollectionCounts } from '../../store/ground/port.ts';
import type { FolderSource } from '../../sources/folder-source.ts';
import { type SourceProblem, isLasting, isOutOfStep } from '../../sources/ground/problems.ts';

const firstProblems = 3;

/** A linked folder as the API shows it. */
export function linkBody(
  { manifest }: CollectionBinding,
  source: FolderSource,
  { review, conflicts, quarantined }: CollectionCounts,
  nowMs: number,
): LinkBody {
  const { root, state, pause, files, watching, problems, lastScanAtMs } = source.status();
  const said = pause && problems.find(({ code }) => code === pause.reason);
  return {
    ...{ path: root, root, engineId: manifest.engineId, collection: manifest.collection, files, watching },
    state: state === 'stopped' ? 'paused' : state,
    pausedReason: said === undefined ? null : `${said.happened} ${said.remedy}`,
    pausedSince: pause === undefined ? null : timeOf(pause.sinceMs),
    rests: false,
    notInStep: notInStep(problems, manifest.collection, nowMs),
    lastScanAt: lastScanAtMs === undefined ? null : timeOf(lastScanAtMs),
    problems: problems.map((problem) => problemBody(problem, manifest.collection)),
    waits: review + conflicts + quarantined > 0,
  };
}

export function folderBody(link: LinkBody): FolderBody {
  const {
    path,
    engineId,
    collection,
    state,
    pausedReason,
    pausedSince,
    rests,
    files,
    notInStep: apart,
    lastScanAt,
  } = link;
  return { path, engineId, collection, state, pausedReason, pausedSince, rests, files, notInStep: apart, lastScanAt };
}

function notInStep(problems: readonly SourceProblem[], collection: string, nowMs: number): NotInStepBody {
  const apart = problems.filter(isOutOfStep);
  return {
    count: apart.length,
    first: apart.slice(0, firstProblems).map((problem) => {
      const { path, happened } = problem;
      return { path, reason: happened, remedy: remedyOf(problem, collection) };
    }),
    isLasting: apart.some((problem) => isLasting(problem, nowMs)),
  };
}

function problemBody(problem: SourceProblem, collection: string): LinkProblemBody {
  const { path, code, happened, sinceMs } = problem;
  const message = `${happened} ${remedyOf(problem, collection)}`;
  return { path, code, message, since: timeOf(sinceMs), isOutOfStep: isOutOfStep(problem) };
}

/** With the names that its command is to be given. */
function remedyOf({ path, remedy }: SourceProblem, collection: string): string {
  return remedy.replaceAll('COLLECTION', () => collection).replaceAll(/\bID\b/g, () => asShellWord(path));
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
