import type { Command } from 'commander';
import type { EngineBody, StatusBody, UnsentBody } from '../../../api/types/bodies.ts';
import type { FolderBody } from '../../../api/types/links.ts';
import type { TombstonesBody } from '../../../api/types/tombstones.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { counted } from '../../ground/quantity.ts';
import { printable, table } from '../../ground/table.ts';

const watchIntervalMs = 1000;

export function statusCommand(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('device, relay and the state of every engine')
    .option('--watch', 'show it again every second until interrupted')
    .action(async (options: { watch?: boolean }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      let status = run.unwrap(await client.status());
      run.show(status, statusText);
      while (options.watch === true) {
        await new Promise((resolve) => {
          setTimeout(resolve, watchIntervalMs);
        });
        status = run.unwrap(await client.status());
        run.show(status, statusText);
      }
      if (status.keys.locked && !run.asJson) {
        run.fail(exitCodes.notSetUp, '');
      }
      if (needsAttention(status) && !run.asJson) {
        run.fail(
          exitCodes.attention,
          'Something waits for you: sourcesync reviews ls, sourcesync quarantine ls, sourcesync sync unsent, sourcesync doctor',
        );
      }
    });
}

function needsAttention({ relay, engines, alarms, folders, unsent }: StatusBody): boolean {
  return (
    // A relay is missed that was there before.
    (relay.state === 'none' && relay.reason !== null) ||
    alarms.length + unsent.length > 0 ||
    folders.some(({ state, notInStep }) => state === 'paused' || notInStep.isLasting) ||
    engines.some(({ enabled, counts }) => enabled && counts.review + counts.conflicts + counts.quarantined > 0)
  );
}

/** Who was heard of within this time is there, and confirms by itself. */
const thereMs = 72 * 60 * 60 * 1000;

export function statusText(status: StatusBody, nowMs: number = Date.now()): string {
  const { device, relay, relays, sync, keys, store, engines, folders, alarms, tombstones, unsent } = status;
  const rows = engines.map(({ collection, state, reasonCodes, causes, mergeStrategy, encryptionScope, counts }) => [
    collection,
    state,
    mergeStrategy,
    encryptionScope,
    String(counts.live),
    String(counts.review + counts.conflicts),
    String(counts.quarantined),
    String(counts.outbox),
    [...reasonCodes, ...causes].join(', '),
  ]);
  return [
    `${device.label}  ${device.deviceId}`,
    `${relayText(relay)}${sync.paused ? '  sync is paused' : ''}`,
    ...relays.slice(1).map((other) => `${relayText(other)}${lagText(other.unconfirmed)}`),
    ...(device.revoked ? [revokedText] : []),
    ...(keys.message === null ? [] : [keys.message]),
    ...(store.cause === null ? [] : [`! ${store.cause}: ${store.message ?? ''}`]),
    ...unsent.map(unsentLine),
    ...tombstones.flatMap((one) => tombstoneLines(one, nowMs)),
    ...alarms.map(({ kind, label, message }) => `! ${kind}${label === '' ? '' : ` (${label})`}: ${message}`),
    '',
    table(['collection', 'state', 'strategy', 'scope', 'live', 'review', 'quarantine', 'outbox', 'reasons'], rows),
    ...engines.flatMap(needLines),
    ...(folders.length === 0 ? [] : ['', ...folders.flatMap(folderLines)]),
  ].join('\n');
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

/** A linked folder in one line, and under it what is not in step. */
function folderLines({ path, collection, state, pausedReason, files, notInStep }: FolderBody): readonly string[] {
  const apart = notInStep.count === 0 ? '' : `, ${notInStep.count} not in step`;
  const more = notInStep.count - notInStep.first.length;
  return [
    `${printable(path)}  ${collection}, ${state}: ${counted(files, 'file')} in step${apart}`,
    ...(pausedReason === null ? [] : [`  ${printable(pausedReason)}`]),
    ...(pausedReason === null
      ? notInStep.first.map(
          ({ path: file, reason }) => `  ${file === '' ? '' : `${printable(file)}: `}${printable(reason)}`,
        )
      : []),
    ...(pausedReason === null && more > 0 ? [`  and ${more} more: sourcesync link ls ${printable(path)}`] : []),
  ];
}

/** Who holds up that deleted records are collected, and what to do about it. */
function tombstoneLines({ scope, kept, heldBy }: TombstonesBody, nowMs: number): readonly string[] {
  const name = scope.name === '' || scope.name === scope.kind ? scope.kind : `${scope.kind} ${scope.name}`;
  return kept === 0
    ? []
    : heldBy.map(
        (device) => `${kept} deleted in ${name}, kept until ${device.self ? waitsHere : waitsFor(device, nowMs)}`,
      );
}

const waitsHere = 'nothing waits on this device: decide its reviews and quarantine, and let a relay take its changes';

const revokedText =
  '! This device was revoked: nothing that it writes counts, and nothing new is readable here. To use it again, set up another home and pair it.';

function waitsFor({ deviceId, label, lastSeenAt, expiresAt }: TombstonesBody['heldBy'][number], nowMs: number): string {
  if (lastSeenAt !== null && nowMs - Date.parse(lastSeenAt) <= thereMs) {
    return `${label || deviceId} has confirmed it, which it does by itself (last seen ${lastSeenAt})`;
  }
  const seen = lastSeenAt === null ? 'never seen' : `last seen ${lastSeenAt}`;
  const until = expiresAt === null ? '' : `, or wait until ${expiresAt}`;
  return `${label || deviceId} has confirmed it (${seen}). If it will not come back: sourcesync devices revoke ${deviceId}${until}`;
}

function relayText({ url, state, reason }: StatusBody['relay']): string {
  return `relay ${url ?? 'none'}: ${state}${reason === null ? '' : ` (${reason})`}`;
}

function lagText(unconfirmed: number): string {
  return unconfirmed === 0 ? '' : `, ${unconfirmed} batches behind`;
}
