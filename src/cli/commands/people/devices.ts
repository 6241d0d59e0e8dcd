import type { Command } from 'commander';
import type { RoleBody } from '../../../api/types/membership.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { localTime } from '../../../base/local-time.ts';
import { counted } from '../../../base/counted.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { administrators, showRotation } from './rotation.ts';

export function deviceCommands(program: Command, context: CliContext): void {
  const devices = program.command('devices').description('devices of this person');
  devices
    .command('ls')
    .description('each with its role and when it was heard of; revoked ones too')
    .addHelpText('after', examples('devices ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).devices()), ({ items }) =>
        table(
          ['label', 'role', 'last seen', '', 'device'],
          items.map(({ deviceId, label, role, self, revoked, lastSeenAt }) => [
            label,
            revoked ? 'revoked' : role,
            self ? 'now' : lastSeenAt === null ? 'nothing received yet' : localTime(lastSeenAt),
            self ? 'this device' : '',
            deviceId,
          ]),
        ),
      );
    });

  devices
    .command('revoke <device>')
    .description('cut a device off and start new keys: shows what will happen, and does it with --execute')
    .option('--execute', 'do it')
    .addHelpText(
      'after',
      examples(
        'devices revoke laptop            says what it can read for ever, and what it is cut off from',
        'devices revoke laptop --execute',
      ),
    )
    .action(async (device: string, options: { execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const execute = options.execute === true;
      const client = await run.client();
      const revoked = run.unwrap(await client.revokeDevice(device, execute));
      showRotation(run, revoked, execute, await administrators(run, client));
    });
  devices
    .command('rename <device> <name>')
    .description('give a device of yours another name; your other devices show it once they hear of it')
    .addHelpText('after', examples('devices rename laptop travel', "devices rename b7sffa 'desk at home'"))
    .action(async (device: string, name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const renamed = run.unwrap(await (await run.client()).renameDevice(device, name));
      run.show(renamed, ({ deviceId, label }) => `${deviceId} is called ${label} from here on.`);
    });
  devices
    .command('role <device> <role>')
    .description('make a device reader, writer or admin in every scope that this device administers')
    .option('--authority <name...>', 'policy, lease, command, agents, audit, clients; none when left out')
    .addHelpText('after', examples('devices role laptop reader', 'devices role laptop admin --authority lease policy'))
    .action(async (device: string, role: string, options: { authority?: string[] }, command: Command) => {
      const run = running(context, command);
      const set = run.unwrap(await (await run.client()).setRole(device, role, options.authority ?? []));
      run.show(set, roleText);
    });
}

function roleText({ deviceId, role, authorities, scopes }: RoleBody): string {
  const held = authorities.length === 0 ? 'no authority' : authorities.join(', ');
  return [
    `${deviceId} is ${role} with ${held} in ${scopes.filter(({ done }) => done).length} of ${counted(scopes.length, 'scope')}.`,
    ...scopes.flatMap(({ scopeId, message }) => (message === null ? [] : [`  ${scopeId}: ${message}`])),
  ].join('\n');
}
