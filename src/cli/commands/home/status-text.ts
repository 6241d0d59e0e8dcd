import type { EngineBody, StatusBody, UnsentBody } from '../../../api/types/bodies.ts';
import type { DeviceStandingBody } from '../../../api/types/devices.ts';
import type { FolderBody } from '../../../api/types/links.ts';
import type { TombstonesBody } from '../../../api/types/tombstones.ts';
import { localTime } from '../../../base/local-time.ts';
import { counted } from '../../../base/counted.ts';
import { printable, table } from '../../ground/table.ts';

/** Who was heard of within this time is there, and confirms by itself. */
const thereMs = 72 * 60 * 60 * 1000;

/** How everything stands, for a person: the sentence, what is wrong, and then only what is in use. */
export function statusText(status: StatusBody, nowMs: number = Date.now()): string {
  const { device, relay, relays, keys, store, engines, folders, devices, alarms, tombstones, unsent } = status;
  return [
    ...glanceLines(status),
    '',
    relayText(relay),
    ...relays.slice(1).map((other) => `${relayText(other)}${lagText(other.unconfirmed)}`),
    ...(device.revoked ? [revokedText] : []),
    ...(keys.message === null || keys.locked ? [] : [keys.message]),
    ...(store.cause === null ? [] : [`! ${store.cause}: ${store.message ?? ''}`]),
    ...unsent.map(unsentLine),
    ...tombstones.flatMap((one) => tombstoneLines(one, nowMs)),
    ...alarms.map(({ kind, label, message }) => `! ${kind}${label === '' ? '' : ` (${label})`}: ${message}`),
    ...(device.revoked ? [] : engineLines(engines)),
    ...block('folders and places', folderGroups(folders, device.revoked)),
    ...block(
      'other devices',
      devices.map((other) => deviceLine(other, device.revoked)),
    ),
  ].join('\n');
}

/** The sentence, and under it what waits. */
export function glanceLines({ device, glance }: Pick<StatusBody, 'device' | 'glance'>): readonly string[] {
  return [
    `${printable(device.label)}: ${printable(glance.sentence)}`,
    ...glance.waits.map(({ what, command }) => `  ${printable(what)}: ${printable(command)}`),
    ...(glance.notes ?? []).map((note) => `  ${printable(note)}`),
  ];
}

function block(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
}

function engineLines(engines: readonly EngineBody[]): readonly string[] {
  const shown = engines.filter(isInUse);
  const rest = engines.filter(({ enabled }) => enabled).length - shown.length;
  const more = `${counted(rest, shown.length === 0 ? 'engine' : 'more', shown.length === 0 ? 'engines' : 'more')} that ${rest === 1 ? 'holds' : 'hold'} nothing: sourcesync engines ls`;
  const rows = shown.map(({ collection, state, reasonCodes, causes, counts }) => [
    ...[collection, state, String(counts.live), String(counts.review + counts.conflicts)],
    ...[String(counts.quarantined), String(counts.outbox), [...reasonCodes, ...causes].join(', ')],
  ]);
  return [
    '',
    ...(shown.length === 0
      ? []
      : [table(['collection', 'state', 'live', 'review', 'quarantine', 'outbox', 'reasons'], rows)]),
    ...(rest === 0 ? [] : [shown.length === 0 ? more : `and ${more}`]),
    ...engines.flatMap(needLines),
  ];
}

/** It is on, and holds something or says why it does not work as it should. */
function isInUse({ enabled, counts, reasonCodes, causes, needs = [] }: EngineBody): boolean {
  const { live, tombstoned, collected, review, conflicts, quarantined, outbox } = counts;
  const held = live + tombstoned + collected + review + conflicts + quarantined + outbox;
  return enabled && (held > 0 || reasonCodes.length + causes.length + needs.length > 0);
}

/** What an engine's records require of sets of owners that are not what their owners pushed last. */
export function needLines({ collection, needs = [] }: EngineBody): readonly string[] {
  return needs.map(({ collection: from, owner, records, missing, first, message, remedy }) => {
    const who = records === 1 ? '1 record needs' : `${records} records need`;
    const vain = missing === 0 ? '' : `, ${missing} in vain`;
    const names = first.map(printable).join(', ');
    return `${collection}: ${who} the set of ${owner} in ${from}${vain} (${names}). ${printable(message)} ${printable(remedy)}`;
  });
}

function unsentLine({ kind, relay, reason, batches }: UnsentBody): string {
  return `! ${counted(batches, 'batch', 'batches')} of ${kind} not taken by ${relay}: ${reason}. See: sourcesync sync unsent`;
}

/** One group of lines for each path, whatever number of places lies in it. */
function folderGroups(folders: readonly FolderBody[], isRevoked: boolean): readonly string[] {
  const paths = [...new Set(folders.map(({ path }) => path))];
  return paths.flatMap((path) =>
    folderLines(
      path,
      folders.filter((one) => one.path === path),
      isRevoked,
    ),
  );
}

/** What is kept in step at a path in one line, and under it what is not. */
function folderLines(path: string, group: readonly FolderBody[], isRevoked: boolean): readonly string[] {
  const count = group.reduce((sum, { notInStep }) => sum + notInStep.count, 0);
  const states = [...new Set(group.map(({ state, rests }) => (rests ? 'rests' : state)))].join(', ');
  const collections = [...new Set(group.map(({ collection }) => collection))].join(', ');
  const pauses = [...new Set(group.map(({ pausedReason }) => pausedReason).filter((reason) => reason !== null))];
  const first = group.filter(({ pausedReason }) => pausedReason === null).flatMap(({ notInStep }) => notInStep.first);
  const reasons = [
    ...new Set(
      first.map(
        ({ path: file, reason }) =>
          `  ${file === '' || file === path ? '' : `${printable(file)}: `}${printable(reason)}`,
      ),
    ),
  ].slice(0, mostReasons);
  const more = pauses.length > 0 ? 0 : count - reasons.length;
  return [
    `${printable(path)}  ${collections}, ${states}: ${filesOfAll(group, isRevoked)}${count === 0 ? '' : `, ${count} not`}`,
    ...pauses.map((reason) => `  ${printable(reason)}`),
    ...reasons,
    ...(more > 0 ? [`  and ${more} more: sourcesync link ls ${printable(path)}`] : []),
  ];
}

function filesOfAll(group: readonly FolderBody[], isRevoked: boolean): string {
  const [followed, rested] = [group.filter(({ rests }) => !rests), group.filter(({ rests }) => rests)];
  const sumOf = (some: readonly FolderBody[]): number => some.reduce((sum, { files }) => sum + files, 0);
  return [
    ...(followed.length === 0 ? [] : [filesText(sumOf(followed), isRevoked)]),
    ...(rested.length === 0 ? [] : [restedFilesText(sumOf(rested))]),
  ].join(', ');
}

/** What became of them since is not known. */
export function restedFilesText(files: number): string {
  return `${counted(files, 'file')} when it was last followed`;
}

/** Files of a device that was revoked are in step with nobody. */
export function filesText(files: number, isRevoked: boolean): string {
  return isRevoked ? `${counted(files, 'file')}, synced no more` : `${counted(files, 'file')} in step`;
}

const mostReasons = 3;

function deviceLine({ deviceId, label, lastSeenAt, inStep, behind }: DeviceStandingBody, isRevoked: boolean): string {
  const seen = lastSeenAt === null ? 'nothing received yet' : `last heard of ${localTime(lastSeenAt)}`;
  const standing = isRevoked ? 'nothing is heard of it any more' : standingText(inStep, behind);
  return `${printable(label) || deviceId}  ${standing} (${seen})`;
}

function standingText(inStep: boolean | null, behind: number | null): string {
  if (behind === null) {
    return 'has not said what it holds';
  }
  return inStep === true
    ? 'in step'
    : inStep === false
      ? `behind by ${behind}`
      : `in step when it last spoke; ${behind} since not confirmed`;
}

/** Who holds up that deleted records are collected, and what to do about it. Whoever is there confirms by itself. */
function tombstoneLines({ scope, kept, heldBy }: TombstonesBody, nowMs: number): readonly string[] {
  const name = scope.name === '' || scope.name === scope.kind ? scope.kind : `${scope.kind} ${scope.name}`;
  return kept === 0
    ? []
    : heldBy
        .filter((device) => device.self || !isThere(device, nowMs))
        .map((device) => `${kept} deleted in ${name}, kept until ${device.self ? waitsHere : waitsFor(device)}`);
}

const waitsHere = 'nothing waits on this device: decide its reviews and quarantine, and let a relay take its changes';

const revokedText =
  '! This device was revoked: nothing that it writes counts, and nothing new is readable here. To use it again, set up another home and pair it.';

function isThere({ lastSeenAt }: TombstonesBody['heldBy'][number], nowMs: number): boolean {
  return lastSeenAt !== null && nowMs - Date.parse(lastSeenAt) <= thereMs;
}

function waitsFor({ deviceId, label, lastSeenAt, expiresAt }: TombstonesBody['heldBy'][number]): string {
  const seen = lastSeenAt === null ? 'never seen' : `last seen ${lastSeenAt}`;
  const until = expiresAt === null ? '' : `, or wait until ${expiresAt}`;
  return `${label || deviceId} has confirmed it (${seen}). If it will not come back: sourcesync devices revoke ${deviceId}${until}`;
}

function relayText({ url, state, reason }: StatusBody['relay']): string {
  return `relay ${url ?? 'none'}: ${state}${reason === null ? '' : ` (${reason})`}`;
}

function lagText(unconfirmed: number): string {
  return unconfirmed === 0 ? '' : `, ${counted(unconfirmed, 'batch', 'batches')} behind`;
}
