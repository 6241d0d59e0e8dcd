import type { Command } from 'commander';
import type { RoleBody } from '../../../api/types/membership.ts';
import type { CliContext } from '../../ground/context.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { showRotation } from './rotation.ts';

export function deviceCommands(program: Command, context: CliContext): void {
  const devices = program.command('devices').description('devices of this person');
  devices.command('ls').action(async (_options: unknown, command: Command) => {
    const run = running(context, command);
    run.show(run.unwrap(await (await run.client()).devices()), ({ items }) =>
      table(
        ['device', 'label', 'role', 'last seen', ''],
        items.map(({ deviceId, label, role, self, revoked, lastSeenAt }) => [
          deviceId,
          label,
          revoked ? 'revoked' : role,
          lastSeenAt ?? 'never',
          self ? 'this device' : '',
        ]),
      ),
    );
  });

  devices
    .command('revoke <device>')
    .description('cut a device off and start new keys: shows what will happen, and does it with --execute')
    .option('--execute', 'do it')
    .action(async (device: string, options: { execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const execute = options.execute === true;
      showRotation(run, run.unwrap(await (await run.client()).revokeDevice(device, execute)), execute);
    });
  devices
    .command('role <device> <role>')
    .description('make a device reader, writer or admin in every scope that this device administers')
    .option('--authority <name...>', 'policy, lease, command, agents, audit, clients; none when left out')
    .action(async (device: string, role: string, options: { authority?: string[] }, command: Command) => {
      const run = running(context, command);
      const set = run.unwrap(await (await run.client()).setRole(device, role, options.authority ?? []));
      run.show(set, roleText);
    });
}

function roleText({ deviceId, role, authorities, scopes }: RoleBody): string {
  const held = authorities.length === 0 ? 'no authority' : authorities.join(', ');
  return [
    `${deviceId} is ${role} with ${held} in ${scopes.filter(({ done }) => done).length} of ${scopes.length} scopes.`,
    ...scopes.flatMap(({ scopeId, message }) => (message === null ? [] : [`  ${scopeId}: ${message}`])),
  ].join('\n');
}
