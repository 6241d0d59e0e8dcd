import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { laidOut } from '../../ground/lay-out.ts';
import { numberedWords } from '../../ground/numbered-words.ts';
import { type ProtectionFlags, passphraseFileHelp, protectionOf } from '../../ground/passphrase.ts';
import { type Running, running } from '../../ground/run-command.ts';

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
    .addHelpText(
      'after',
      examples(
        'init',
        'init --label desk --relay wss://relay.example',
        'init --yes --json            unattended; the twelve words stand in the answer',
      ),
    )
    .action(async (options: InitFlags, command: Command) => {
      const run = running(context, command);
      const protection = protectionOf(run, options);
      if (options.yes !== true && !run.asJson && !context.output.interactive) {
        run.fail(
          exitCodes.usage,
          'init shows twelve recovery words to a person. Without a terminal, say --yes and keep what it prints.',
        );
      }
      const asks = options.yes !== true && !run.asJson;
      const result = run.settle(
        await run.local.init({
          ...{ label: options.label, relay: options.relay, relayTokenFile: options.relayTokenFile, protection },
          confirm: asks ? async (phrase) => confirmPhrase(context, run, phrase) : undefined,
        }),
      );
      if (result.notice !== null) {
        run.output.note(result.notice);
      }
      run.show(result, ({ deviceId, phrase }) =>
        [
          `This device: ${deviceId}`,
          '',
          'Recovery words, shown this once. Write them down; they recover everything, and whoever has them has everything:',
          '',
          numberedWords(phrase),
          '',
          'Next: sourcesync daemon start, then sourcesync pair invite to add another device.',
        ].join('\n'),
      );
    });
}

const notConfirmed =
  'The words were not confirmed, so nothing was set up and these words mean nothing. Begin again with: sourcesync init';

async function confirmPhrase({ output, terminal }: CliContext, run: Running, phrase: string): Promise<void> {
  const words = phrase.split(' ');
  output.line(
    laidOut(
      `Write these twelve words down:\n\n${numberedWords(phrase)}\n\nNothing is set up before three of them were typed: where this is broken off, init begins again with new words.`,
      terminal,
    ),
  );
  for (const position of [3, 7, 11]) {
    for (;;) {
      const answer = await output.ask(`Word ${position}: `);
      if (answer === undefined) {
        return run.fail(exitCodes.failed, notConfirmed);
      }
      if (answer.trim().toLowerCase() === words[position - 1]) {
        break;
      }
      output.line(`That is not word ${position}. Look at what you wrote down, and type it once more.`);
    }
  }
}
