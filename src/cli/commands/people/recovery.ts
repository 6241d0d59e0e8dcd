import { examples } from '../../ground/examples.ts';
import type { Command } from 'commander';
import type { CliContext, ForkBody, RecoveryTestScope, RestoreResult } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import type { ScopeLogBody } from '../../../api/types/membership.ts';
import type { Client } from '../../../client/client.ts';
import { type ProtectionFlags, passphraseFileHelp, protectionOf } from '../../ground/passphrase.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';

interface RestoreFlags extends ProtectionFlags {
  relay?: string;
  label?: string;
  wordsFile?: string;
}

const wordsFileHelp = 'the twelve words in a file that others may not read, or - for standard input';

export function recoveryCommands(program: Command, context: CliContext): void {
  const recovery = program.command('recovery').description('what the twelve words can bring back');

  recovery
    .command('test')
    .description('prove that the words open every scope of this home; changes nothing')
    .option('--words-file <file>', wordsFileHelp)
    .addHelpText(
      'after',
      examples('recovery test                asks for the twelve words', 'recovery test --words-file words.txt'),
    )
    .action(async (options: { wordsFile?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const logs = await logsOf(run, client);
      const words = await wordsFrom(run, options.wordsFile);
      const { scopes } = run.settle(await run.local.recovery.test(words, logs));
      const ok = scopes.every(({ opens }) => opens);
      run.show({ ok, scopes }, () => testText(scopes));
      if (!ok) {
        run.fail(exitCodes.failed, 'The words do not open everything.');
      }
    });

  recovery
    .command('resolve')
    .description('end a fork of a membership log: the words decide for the log at the relay, with --execute')
    .option('--execute', 'sign the decision; devices that held another log take that one')
    .option('--words-file <file>', wordsFileHelp)
    .addHelpText(
      'after',
      examples('recovery resolve                says what the words would decide', 'recovery resolve --execute'),
    )
    .action(async (options: { execute?: boolean; wordsFile?: string }, command: Command) => {
      const run = running(context, command);
      const logs = await logsOf(run, await run.client());
      const words = await wordsFrom(run, options.wordsFile);
      const execute = options.execute === true;
      const { scopes } = run.settle(await run.local.recovery.resolve(words, logs, { execute }));
      run.show({ executed: execute, scopes }, () => forksText(scopes, execute));
      if (scopes.some(({ message }) => message !== null)) {
        run.fail(exitCodes.failed, 'Not every scope could be looked at.');
      }
    });

  recovery
    .command('restore')
    .description('make an empty home a device again, with nothing but the words and a relay')
    .option('--relay <url>', 'the relay that has the data')
    .option('--label <label>', 'what other devices call this one')
    .option('--words-file <file>', wordsFileHelp)
    .option('--passphrase-file <file>', passphraseFileHelp)
    .option('--keyring', 'keep the key of the keys in the keyring of the system')
    .addHelpText(
      'after',
      examples(
        'recovery restore --relay wss://relay.example --label desk',
        'recovery restore --relay wss://relay.example --words-file -',
      ),
    )
    .action(async (options: RestoreFlags, command: Command) => {
      const run = running(context, command);
      const protection = protectionOf(run, options);
      const words = await wordsFrom(run, options.wordsFile);
      const { relay, label } = options;
      const onStep = (words: string): void => context.output.progress(printable(words));
      const restoring = run.local.recovery.restore({ words, relay, label, protection, onStep });
      const restored = run.settle(await restoring.finally(() => onStep('')));
      if (restored.notice !== null) {
        run.output.note(restored.notice);
      }
      run.show(restored, restoreText);
    });
}

async function logsOf(run: Running, client: Pick<Client, 'scopes' | 'scopeLog'>): Promise<readonly ScopeLogBody[]> {
  const { items } = run.unwrap(await client.scopes());
  const logs = [];
  for (const { scopeId } of items) {
    logs.push(run.unwrap(await client.scopeLog(scopeId)));
  }
  return logs;
}

async function wordsFrom(run: Running, file: string | undefined): Promise<string> {
  if (file === '-') {
    return run.output.readStdin();
  }
  if (file !== undefined) {
    return run.settle(await run.local.recovery.words(file)).words;
  }
  return run.output.interactive
    ? run.output.askSecret('The twelve words: ')
    : run.fail(
        exitCodes.usage,
        'There is no terminal to type the words at. Say: --words-file FILE, or - for standard input.',
      );
}

function forksText(scopes: readonly ForkBody[], executed: boolean): string {
  const forked = scopes.some(({ forkedAt }) => forkedAt !== null);
  return [
    table(
      ['scope', 'name', '', ''],
      scopes.map(({ kind, name, forkedAt, resolved, message }) => [
        kind,
        printable(name),
        message === null
          ? forkedAt === null
            ? 'one log'
            : resolved
              ? 'resolved'
              : `forked at entry ${forkedAt}`
          : '?',
        message ?? '',
      ]),
    ),
    ...(forked && !executed
      ? [
          '',
          'Nothing was changed. The log at the relay goes on, and what only this device has of it ends, with: --execute',
        ]
      : []),
  ].join('\n');
}

function testText(scopes: readonly RecoveryTestScope[]): string {
  return [
    table(
      ['scope', 'name', '', ''],
      scopes.map(({ kind, name, opens, message }) => [
        kind,
        printable(name),
        opens ? 'opens' : 'CLOSED',
        message ?? '',
      ]),
    ),
    '',
    'Nothing was changed.',
  ].join('\n');
}

function restoreText({ deviceId, scopes, devices }: RestoreResult): string {
  return [
    `This device: ${deviceId}`,
    '',
    table(
      ['scope', 'name', '', 'epoch', ''],
      scopes.map(({ kind, name, restored, epoch, message }) => [
        kind,
        printable(name),
        restored ? 'restored' : 'NOT RESTORED',
        epoch === null ? '' : String(epoch),
        message ?? '',
      ]),
    ),
    '',
    'Keys were rotated. The words cannot tell how fresh the relay is: one that shows an older state is noticed when',
    'another device of yours syncs. Secrets of the vault never left the lost device, so they are not here.',
    ...(devices.length === 0
      ? []
      : [
          '',
          'Still your devices; revoke what is lost:',
          ...devices.map(
            (device) => `    sourcesync devices revoke ${device.deviceId}    # ${printable(device.label)}`,
          ),
        ]),
    '',
    'Next: sourcesync daemon start. Everything comes back by sync; where something was under review it waits for you:',
    '    sourcesync review',
  ].join('\n');
}
