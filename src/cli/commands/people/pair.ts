import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type ProtectionFlags, passphraseFileHelp, protectionOf } from '../../ground/passphrase.ts';
import { running } from '../../ground/run-command.ts';
import { untilJoined } from '../../ground/until-joined.ts';

interface JoinFlags extends ProtectionFlags {
  label?: string;
  trustCode?: boolean;
}

export function pairCommands(program: Command, context: CliContext): void {
  const pair = program.command('pair').description('add a device');

  pair
    .command('invite')
    .description('make a code for a new device; valid for ten minutes and once')
    .option('--trust-code', 'unattended: whoever has the code joins, without comparing digits')
    .option('--wait', 'stay until the device has joined')
    .action(async (options: { trustCode?: boolean; wait?: boolean }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const invitation = run.unwrap(await client.invite({ trustCode: options.trustCode === true }));
      run.show(invitation, ({ code, expiresAt }) =>
        [
          'On the new device:',
          '',
          `    sourcesync pair join ${code}`,
          '',
          `The code is good until ${expiresAt}, once.`,
          options.trustCode === true
            ? 'Whoever has it joins as a writer.'
            : 'Then type the digits it shows here: sourcesync pair approve DIGITS',
        ].join('\n'),
      );
      if (options.wait === true) {
        const first = run.unwrap(await client.pairing());
        await untilJoined(run, first, client.pairing, 'The pairing ended without a new device.');
      }
    });

  pair
    .command('join <code>')
    .description('join with a code made by sourcesync pair invite; needs no running daemon')
    .option('--label <label>', 'what other devices call this one')
    .option('--trust-code', 'the inviter used --trust-code')
    .option('--passphrase-file <file>', passphraseFileHelp)
    .option('--keyring', 'keep the key of the keys in the keyring of the system')
    .action(async (code: string, options: JoinFlags, command: Command) => {
      const run = running(context, command);
      const protection = protectionOf(run, options);
      const result = run.settle(
        await run.local.join({
          code,
          ...{ label: options.label, protection },
          trustCode: options.trustCode === true,
          showDigits: (digits) => {
            context.output.note(
              `Type these digits into the other device: ${digits}\n    sourcesync pair approve ${digits}`,
            );
          },
        }),
      );
      if (result.notice !== null) {
        context.output.note(result.notice);
      }
      run.show(result, ({ deviceId }) => `Joined as ${deviceId}. Next: sourcesync daemon start`);
    });

  pair
    .command('approve <digits>')
    .description('the digits that the joining device shows')
    .action(async (digits: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const approved = run.unwrap(await (await run.client()).approve(digits));
      run.show(approved, ({ state, message }) => message ?? `Pairing is ${state}.`);
      if (approved.state === 'failed') {
        run.fail(exitCodes.failed, '');
      }
    });
}
