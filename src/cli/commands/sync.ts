import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { running } from '../run-command.ts';
import { statusText } from './status.ts';

const descriptions = {
  now: 'connect at once and rescan linked folders',
  pause: 'stop sending and receiving on this device',
  resume: 'go on',
} as const;

export function syncCommands(program: Command, context: CliContext): void {
  const sync = program.command('sync').description('sync as a whole on this device');
  for (const action of ['now', 'pause', 'resume'] as const) {
    sync
      .command(action)
      .description(descriptions[action])
      .action(async (_options: unknown, command: Command) => {
        const run = running(context, command);
        run.show(run.unwrap(await (await run.client()).sync(action)), statusText);
      });
  }
}
