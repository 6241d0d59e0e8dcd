import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type ProtectionFlags, passphraseFileHelp, protectionOf } from '../../ground/passphrase.ts';
import { running } from '../../ground/run-command.ts';

interface InitFlags extends ProtectionFlags {
  label?: string;
  relay?: string;
  relayTokenFile?: string;
  yes?: boolean;
}

export function initCommand(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('identity, device and profile scope of the first device')
    .option('--label <label>', 'what other devices call this one')
    .option('--relay <url>', 'relay to sync through, ws:// or wss://')
    .option('--relay-token-file <file>', "file with a registration token from the relay's operator")
    .option('--passphrase-file <file>', passphraseFileHelp)
    .option('--keyring', 'keep the key of the keys in the keyring of the system')
    .option('--yes', 'do not ask to confirm the recovery words')
    .action(async (options: InitFlags, command: Command) => {
      const run = running(context, command);
      const protection = protectionOf(run, options);
      if (options.yes !== true && !run.asJson && !context.output.interactive) {
        run.fail(
          exitCodes.usage,
          'init shows twelve recovery words to a person. Without a terminal, say --yes and keep what it prints.',
        );
      }
      const result = run.settle(
        await run.local.init({
          ...{ label: options.label, relay: options.relay, relayTokenFile: options.relayTokenFile, protection },
        }),
      );
      if (result.notice !== null) {
        context.output.note(result.notice);
      }
      if (options.yes !== true && !run.asJson) {
        await confirmPhrase(context, result.phrase);
      }
      run.show(result, ({ deviceId, phrase }) =>
        [
          `This device: ${deviceId}`,
          '',
          'Recovery words, shown this once. Write them down; they recover everything, and whoever has them has everything:',
          '',
          `    ${phrase}`,
          '',
          'Next: sourcesync daemon start, then sourcesync pair invite to add another device.',
        ].join('\n'),
      );
    });
}

async function confirmPhrase(context: CliContext, phrase: string): Promise<void> {
  const words = phrase.split(' ');
  context.output.line(`Write these twelve words down:\n\n    ${phrase}\n`);
  for (const position of [3, 7, 11]) {
    let answer = '';
    while (answer !== words[position - 1]) {
      answer = (await context.output.ask(`Word ${position}: `)).trim().toLowerCase();
    }
  }
}
