import type { Command } from 'commander';
import type { HeldBody, KeysVerifyBody, RotatedScopeBody, RotationBody } from '../../../api/types/membership.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';

/** `keys rotate` and `keys verify`. */
export function rotationCommands(keys: Command, context: CliContext): void {
  keys
    .command('rotate')
    .description('start a new epoch for the same devices: shows what will happen, and does it with --execute')
    .option('--scope <id>', 'one scope; all that this device administers when left out')
    .option('--execute', 'do it')
    .action(async (options: { scope?: string; execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const execute = options.execute === true;
      const scope = options.scope === undefined ? {} : { scopeId: options.scope };
      showRotation(run, run.unwrap(await (await run.client()).rotateKeys({ execute, ...scope })), execute);
    });

  keys
    .command('verify')
    .description('open everything that is held with the keys that the signed logs commit to')
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const verified = run.unwrap(await (await run.client()).verifyKeys());
      run.show(verified, verifyText);
      if (!verified.ok) {
        run.fail(exitCodes.failed, 'Not everything can be opened. Use a device that holds the missing keys.');
      }
    });
}

/** Shows a revocation or rotation and leaves with the exit code that its outcome means. */
export function showRotation(run: Running, body: RotationBody, wanted: boolean): void {
  run.show(body, rotationText);
  if (body.scopes.some(({ state }) => state === 'pending')) {
    run.fail(exitCodes.relay, 'Not finished yet: it goes on by itself when the relay answers.');
  }
  if (wanted && (!body.executed || body.scopes.every(({ state }) => state === 'refused'))) {
    run.fail(exitCodes.denied, 'Nothing was changed.');
  }
}

function rotationText({ subject, executed, scopes, readable }: RotationBody): string {
  const done = scopes.map(({ state }) => state);
  return [
    subject === null ? `Keys of ${scopes.length} scopes` : `Device ${printable(subject.label)}  ${subject.deviceId}`,
    '',
    table(['scope', 'name', 'state', 'epoch', 'devices', 'counts up to', 'held and opened', ''], scopes.map(scopeRow)),
    '',
    ...(readable === null
      ? []
      : [
          `What it can read for ever: ${readable.changes} changes in ${readable.batches} batches that it had the keys of.`,
          executed && done.every((state) => state === 'done')
            ? 'What is written from now on is closed to it, and nothing that it writes counts.'
            : 'What is written after the revocation is closed to it, and nothing that it writes will count.',
        ]),
    executed ? '' : 'Nothing was changed. Do it with: --execute',
  ]
    .join('\n')
    .trimEnd();
}

function scopeRow(scope: RotatedScopeBody): readonly string[] {
  const { kind, name, state, epoch, devices, cut, held, message } = scope;
  return [
    kind,
    printable(name),
    state,
    String(epoch),
    String(devices),
    cut === null ? '' : `batch ${cut}`,
    heldText(held),
    message ?? '',
  ];
}

function heldText({ batches, changes, unreadable, missingEpochs }: HeldBody): string {
  return [
    `${batches} batches, ${changes} changes`,
    ...(unreadable === 0 ? [] : [`${unreadable} refused`]),
    ...(missingEpochs.length === 0 ? [] : [`no key of epoch ${missingEpochs.join(', ')}`]),
  ].join(', ');
}

function verifyText({ scopes }: KeysVerifyBody): string {
  return table(
    ['scope', 'name', 'epoch', 'keys', 'held and opened', ''],
    scopes.map(({ kind, name, epoch, epochsHeld, held, ok }) => [
      kind,
      printable(name),
      String(epoch),
      `${epochsHeld} of ${epoch}`,
      heldText(held),
      ok ? 'ok' : 'WRONG',
    ]),
  );
}
