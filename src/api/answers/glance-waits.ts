import { asShellWord } from '../../base/shell-word.ts';
import type { EngineBody, StatusBody } from '../types/bodies.ts';
import type { WaitingBody } from '../types/glance.ts';
import type { FolderBody } from '../types/links.ts';
import { counted } from '../../base/counted.ts';

/** One thing for which a command exists. */
export interface Waiting extends WaitingBody {
  /** False for what is said by other words in the sentence: it does not wait for a person, or is no single thing. */
  readonly isCounted: boolean;
}

/** Everything for which a command exists, in the order in which to see to it. */
export function waitingIn(status: Omit<StatusBody, 'glance'>): readonly Waiting[] {
  const { relay, engines, folders, alarms, unsent } = status;
  const on = engines.filter(({ enabled }) => enabled);
  const sum = (of: (counts: EngineBody['counts']) => number): number =>
    on.reduce((total, { counts }) => total + of(counts), 0);
  return [
    waitingFor(
      sum(({ review }) => review),
      'review',
      'review',
    ),
    waitingFor(
      sum(({ conflicts }) => conflicts),
      'conflict',
      'review',
    ),
    waitingFor(
      sum(({ quarantined }) => quarantined),
      'quarantined change',
      'quarantine ls',
    ),
    ...folderWaits(folders),
    ...on.flatMap((engine) => engineWaits(engine, unsent.length > 0)),
    waitingFor(unsent.length, 'scope that a relay does not take', 'sync unsent', 'scopes that a relay does not take'),
    waitingFor(alarms.length, 'alarm', 'doctor'),
    // A relay is missed that was there before.
    waiting(relay.state === 'none' && relay.reason !== null ? 1 : 0, 'no relay any more', 'doctor'),
  ].filter(({ count }) => count > 0);
}

/** Files that are known not to be in step, and of which it is hoped that they will be without anybody. */
export function notInStepCount(folders: readonly FolderBody[]): number {
  return folders
    .filter(({ state, notInStep }) => state !== 'paused' && !notInStep.isLasting)
    .reduce((sum, { notInStep }) => sum + notInStep.count, 0);
}

/** Paused folders, but for those that rest, and those with files that are not in step: one line for a path, whatever number of places lies in it. */
function folderWaits(folders: readonly FolderBody[]): readonly Waiting[] {
  const paused = new Set(folders.filter(({ state, rests }) => state === 'paused' && !rests).map(({ path }) => path));
  const apart = folders.filter(({ state, notInStep }) => state !== 'paused' && notInStep.count > 0);
  return [
    ...[...paused].map((path) => waiting(1, `paused folder: ${path}`, `link ls ${asShellWord(path)}`)),
    ...[...new Set(apart.map(({ path }) => path))].map((path) => {
      const group = apart.filter((one) => one.path === path);
      const what = `folder not in step: ${path}${filesOf(group)}`;
      const isCounted = group.some(({ notInStep }) => notInStep.isLasting);
      return { ...waiting(1, what, `link ls ${asShellWord(path)}`), isCounted };
    }),
  ];
}

/** Files that are not in step, without what is said of a folder as a whole. */
export function filesApart(group: readonly Pick<FolderBody, 'notInStep'>[]): number {
  return group.reduce(
    (sum, { notInStep: { count, first } }) => sum + count - first.filter(({ path }) => path === '').length,
    0,
  );
}

/** How many files, where it is files: of a folder as a whole something may be wrong, too. */
function filesOf(group: readonly FolderBody[]): string {
  const files = filesApart(group);
  return files > 0 ? ` (${counted(files, 'file')})` : '';
}

/** What degrades an engine and is said by itself: the folder, the disk, the alarm. */
const saidElsewhere: ReadonlySet<string> = new Set([
  ...['source_unreadable', 'disk_low', 'store_failing', 'device_unseen', 'device_isolated', 'relay_suspect'],
]);

function engineWaits({ collection, state, causes }: EngineBody, isUnsentSaid: boolean): readonly Waiting[] {
  const left = causes.filter((cause) => !saidElsewhere.has(cause) && !(isUnsentSaid && cause === 'retries_exhausted'));
  return state === 'degraded' && left.length > 0
    ? [waiting(1, `${collection} is degraded: ${left.join(', ')}`, `engines show ${asShellWord(collection)}`)]
    : [];
}

function waiting(count: number, what: string, command: string): Waiting {
  return { what, count, command: `sourcesync ${command}`, isCounted: true };
}

function waitingFor(count: number, one: string, command: string, many?: string): Waiting {
  return waiting(count, counted(count, one, many), command);
}
