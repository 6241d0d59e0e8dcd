import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { running } from '../run-command.ts';
import { table } from '../table.ts';

export function deviceCommands(program: Command, context: CliContext): void {
  program
    .command('devices')
    .description('devices of this person')
    .command('ls')
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).devices()), ({ items }) =>
        table(
          ['device', 'label', 'role', ''],
          items.map(({ deviceId, label, role, self, revoked }) => [
            deviceId,
            label,
            revoked ? 'revoked' : role,
            self ? 'this device' : '',
          ]),
        ),
      );
    });

  const scopes = program.command('scopes').description('who shares what: profile, workspaces, organisations');
  scopes.command('ls').action(async (_options: unknown, command: Command) => {
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
    .action(async (kind: string, name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.unwrap(await (await run.client()).createScope(kind, name)),
        ({ scopeId }) => `Created ${kind} ${name}: ${scopeId}`,
      );
    });
}
