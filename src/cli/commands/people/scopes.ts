import type { Command } from 'commander';
import { localTime } from '../../../base/local-time.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { showQrCode } from '../../ground/qr-code.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { untilJoined } from '../../ground/until-joined.ts';

export function scopeCommands(program: Command, context: CliContext): void {
  const scopes = program.command('scopes').description('who shares what: profile, workspaces, organisations');
  scopes
    .command('ls')
    .addHelpText('after', examples('scopes ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).scopes()), ({ items }) =>
        table(
          ['scope', 'kind', 'name', 'devices', 'epoch'],
          items.map(({ scopeId, kind, name, devices, epoch }) => [scopeId, kind, name, String(devices), String(epoch)]),
        ),
      );
    });
  scopes
    .command('create <kind> <name>')
    .description('a workspace or org scope for all devices of this person')
    .addHelpText('after', examples('scopes create workspace team'))
    .action(async (kind: string, name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.unwrap(await (await run.client()).createScope(kind, name)),
        ({ scopeId }) => `Created ${kind} ${name}: ${scopeId}`,
      );
    });

  scopes
    .command('invite <scope>')
    .description('make a code for another person, who enters this scope with all their devices')
    .option('--role <role>', 'reader, writer or admin', 'writer')
    .addHelpText('after', examples('scopes invite team', 'scopes invite team --role reader'))
    .action(async (scope: string, options: { role: string }, command: Command) => {
      const run = running(context, command);
      const invitation = run.unwrap(await (await run.client()).invitePerson(scope, options.role));
      showQrCode(context, run, invitation.code);
      run.show(invitation, ({ code, expiresAt }) =>
        [
          'The other person runs, with their daemon running:',
          '',
          `    sourcesync scopes join ${code}`,
          '',
          `The code is good until ${localTime(expiresAt)}, once.`,
          'Then type the digits that they read to you here: sourcesync pair approve DIGITS',
        ].join('\n'),
      );
    });
  scopes
    .command('join <code>')
    .description('enter a scope of another person with all devices of this one')
    .addHelpText('after', examples('scopes join K3F9-2M7Q-X1TB-8WNE-5RHC-0GZA-6PJD@wss://relay.example'))
    .action(async (code: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const started = run.unwrap(await client.joinScope(code));
      if (started.digits !== null) {
        run.output.note(`Read these digits to the person who invites you: ${started.digits}`);
      }
      const joined = await untilJoined(run, started, client.joiningScope, 'The scope was not joined.');
      run.show(joined, ({ message }) => message ?? '');
    });
}
