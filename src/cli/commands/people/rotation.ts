import type { Command } from 'commander';
import type { HeldLogBody, KeysVerifyBody, RotatedScopeBody, RotationBody } from '../../../api/types/membership.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';

/** `keys rotate` and `keys verify`. */
export function rotationCommands(keys: Command, context: CliContext): void {
  keys
    .command('rotate')
    .description('start a new epoch for the same devices: shows what will happen, and does it with --execute')
    .option('--scope <id>', 'one scope; all that this device administers when left out')
    .option('--execute', 'do it')
    .addHelpText('after', examples('keys rotate                says what it would do', 'keys rotate --execute'))
    .action(async (options: { scope?: string; execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const execute = options.execute === true;
      const scope = options.scope === undefined ? {} : { scopeId: options.scope };
      const client = await run.client();
      const rotated = run.unwrap(await client.rotateKeys({ execute, ...scope }));
      showRotation(run, rotated, execute, await administrators(run, client));
    });

  keys
    .command('verify')
    .description('open everything that is held with the keys that the signed logs commit to')
    .addHelpText('after', examples('keys verify', 'keys verify --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const verified = run.unwrap(await (await run.client()).verifyKeys());
      run.show(verified, verifyText);
      if (!verified.ok) {
        run.fail(exitCodes.failed, 'Not everything can be opened. Use a device that holds the missing keys.');
      }
    });
}

/** Shows a revocation or rotation and leaves with the exit code that its outcome means; a plan that cannot be done is refused too. */
export function showRotation(run: Running, body: RotationBody, wanted: boolean, whoMay: string): void {
  run.show(body, rotationText);
  if (!isPossible(body)) {
    run.fail(exitCodes.denied, `Nothing was changed, and nothing can be from this device: see above why. ${whoMay}`);
  }
  if (body.scopes.some(({ state }) => state === 'pending')) {
    run.fail(exitCodes.relay, 'Not finished yet: it goes on by itself when the relay answers.');
  }
  if (wanted && !body.executed) {
    run.fail(exitCodes.denied, 'Nothing was changed.');
  }
}

function isPossible({ scopes }: RotationBody): boolean {
  return scopes.some(({ state }) => state !== 'refused');
}

/** Those that administer what this person's devices share, by name. */
export async function administrators(run: Running, client: Pick<Client, 'devices'>): Promise<string> {
  const { items } = run.unwrap(await client.devices());
  const names = items
    .filter(({ role, revoked, self }) => role === 'admin' && !revoked && !self)
    .map(({ label, deviceId }) => (label === '' ? deviceId : label));
  return names.length === 0
    ? 'No other device administers this either: the twelve words do (sourcesync recovery --help).'
    : `Do it on an administrator: ${names.join(', ')}.`;
}

function rotationText(body: RotationBody): string {
  const { subject, executed, scopes, readable } = body;
  const done = scopes.map(({ state }) => state);
  return [
    subject === null
      ? `Keys of ${counted(scopes.length, 'scope')}`
      : `Device ${printable(subject.label)}  ${subject.deviceId}`,
    '',
    table(['scope', 'name', 'state', 'epoch', 'devices', 'counts up to', 'held and opened', ''], scopes.map(scopeRow)),
    '',
    ...(readable === null
      ? []
      : [
          `What it can read for ever: ${counted(readable.changes, 'change')} in ${counted(readable.batches, 'batch', 'batches')} that it had the keys of.`,
          executed && done.every((state) => state === 'done')
            ? 'What is written from now on is closed to it, and nothing that it writes counts.'
            : 'What is written after the revocation is closed to it, and nothing that it writes will count.',
        ]),
    executed || !isPossible(body) ? '' : 'Nothing was changed. Do it with: --execute',
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

function heldText({ batches, changes, unreadable, missingEpochs }: HeldLogBody): string {
  return [
    `${counted(batches, 'batch', 'batches')}, ${counted(changes, 'change')}`,
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
