import type { Command } from 'commander';
import type { ScopeUseBody } from '../../../api/types/devices.ts';
import { counted } from '../../../base/counted.ts';
import { localTime } from '../../../base/local-time.ts';
import { asShellWord } from '../../../base/shell-word.ts';
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
          ['scope', 'kind', 'name', 'devices', 'epoch', 'serves'],
          items.map(({ scopeId, kind, name, devices, epoch, serves }) => [
            ...[scopeId, kind, name, String(devices), String(epoch)],
            serves.join(', '),
          ]),
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
    .command('use <scope>')
    .description('choose which workspace serves a collection on this device; a plan unless --execute')
    .requiredOption('--collection <collection>', 'the collection that it is to serve')
    .option('--execute', 'do it')
    .addHelpText(
      'after',
      examples('scopes use team --collection notes', 'scopes use team --collection notes --execute'),
    )
    .action(async (scope: string, options: { collection: string; execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const used = await (await run.client()).useScope(scope, options.collection, options.execute === true);
      run.show(run.unwrap(used), (body) => useText(scope, body));
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

function useText(
  scope: string,
  { collection, from, to, live, questions, resting, notInStep, goingOn, executed }: ScopeUseBody,
): string {
  if (from === to) {
    return `${scope} serves ${collection} here already.`;
  }
  return [
    executed
      ? `${scope} serves ${collection} on this device now. Its records come within moments; see: sourcesync status`
      : `${scope} would serve ${collection} on this device:`,
    `- ${counted(live, 'record')} of the workspace that serves until then ${live === 1 ? 'stays' : 'stay'} in it, and ${live === 1 ? 'comes' : 'come'} back with it`,
    ...(questions === 0 ? [] : [`- ${counted(questions, 'open question')} about them come back with it, too`]),
    ...resting.flatMap((root) => [
      `- ${root} rests until its workspace is chosen again: nothing in it is looked at, published or changed`,
      ...notInStep.filter(({ path }) => path === root).map(({ count }) => apartText(count)),
    ]),
    ...goingOn.map((root) => `- ${root} goes on`),
    ...(executed
      ? []
      : ['', `Do it with: sourcesync scopes use ${asShellWord(scope)} --collection ${collection} --execute`]),
  ].join('\n');
}

function apartText(count: number): string {
  return `  ${counted(count, 'file')} of it ${count === 1 ? 'is' : 'are'} not in step yet, and ${count === 1 ? 'goes' : 'go'} on with it then`;
}
