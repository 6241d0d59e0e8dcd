import type { Command } from 'commander';
import type { InviteBody } from '../../../api/types/devices.ts';
import type { CliContext, JoinResult } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type ProtectionFlags, passphraseFileHelp, protectionOf } from '../../ground/passphrase.ts';
import { localTime } from '../../../base/local-time.ts';
import { showQrCode } from '../../ground/qr-code.ts';
import { running } from '../../ground/run-command.ts';
import { untilJoined } from '../../ground/until-joined.ts';

interface JoinFlags extends ProtectionFlags {
  label?: string;
  trustCode?: boolean;
}

function invitedText({ code, expiresAt }: InviteBody, trustCode: boolean): string {
  return [
    'On the new device:',
    '',
    `    sourcesync pair join ${code}`,
    '',
    `The code is good until ${localTime(expiresAt)}, once.`,
    trustCode
      ? 'Whoever has it joins as a writer.'
      : 'Then type the digits it shows here: sourcesync pair approve DIGITS',
  ].join('\n');
}

function joinedText({ deviceId, label, askedLabel }: JoinResult): string {
  const renamed =
    label === askedLabel
      ? ''
      : ` Another device is called ${askedLabel} already: this one is ${label}. Another name: sourcesync devices rename '${label}' NAME.`;
  return `Joined as ${deviceId}.${renamed} Next: sourcesync daemon start`;
}

export function pairCommands(program: Command, context: CliContext): void {
  const pair = program.command('pair').description('add a device');

  pair
    .command('invite')
    .description('make a code for a new device, also for a camera; valid for ten minutes and once')
    .option('--trust-code', 'unattended: whoever has the code joins, without comparing digits')
    .option('--wait', 'stay until the device has joined')
    .addHelpText(
      'after',
      examples(
        'pair invite --wait           shows a code, and stays until the device has joined',
        'pair invite --trust-code --json',
      ),
    )
    .action(async (options: { trustCode?: boolean; wait?: boolean }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const invitation = run.unwrap(await client.invite({ trustCode: options.trustCode === true }));
      // Above the words, so that these do not scroll away.
      showQrCode(context, run, invitation.code);
      run.show(invitation, (body) => invitedText(body, options.trustCode === true));
      if (options.wait === true) {
        const first = run.unwrap(await client.pairing());
        const { message } = await untilJoined(run, first, client.pairing, 'The pairing ended without a new device.');
        run.output.note(message ?? 'The new device has joined.');
      }
    });

  pair
    .command('join <code>')
    .description('join with a code made by sourcesync pair invite; needs no running daemon')
    .option('--label <label>', 'what other devices call this one')
    .option('--trust-code', 'the inviter used --trust-code')
    .option('--passphrase-file <file>', passphraseFileHelp)
    .option('--keyring', 'keep the key of the keys in the keyring of the system')
    .addHelpText(
      'after',
      examples(
        'pair join K3F9-2M7Q-X1TB-8WNE-5RHC-0GZA-6PJD@wss://relay.example',
        'pair join K3F9-2M7Q-X1TB-8WNE-5RHC-0GZA-6PJD@wss://relay.example --label laptop --trust-code',
      ),
    )
    .action(async (code: string, options: JoinFlags, command: Command) => {
      const run = running(context, command);
      const protection = protectionOf(run, options);
      const result = run.settle(
        await run.local.join({
          code,
          ...{ label: options.label, protection },
          trustCode: options.trustCode === true,
          showDigits: (digits) => {
            run.output.note(
              `Type these digits into the other device: ${digits}\n    sourcesync pair approve ${digits}`,
            );
          },
        }),
      );
      if (result.notice !== null) {
        run.output.note(result.notice);
      }
      run.show(result, joinedText);
    });

  pair
    .command('approve <digits>')
    .description('the digits that the joining device shows')
    .addHelpText('after', examples('pair approve 483920'))
    .action(async (digits: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const approved = run.unwrap(await (await run.client()).approve(digits));
      run.show(approved, ({ state, message }) => message ?? `Pairing is ${state}.`);
      if (approved.state === 'failed') {
        run.fail(exitCodes.failed, '');
      }
    });
}
