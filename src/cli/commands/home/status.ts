import type { Command } from 'commander';
import type { StatusBody } from '../../../api/types/bodies.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { readStatus } from '../../ground/read-status.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { type Room, laidOut } from '../../ground/lay-out.ts';
import { glanceLines, statusText } from './status-text.ts';

const watchIntervalMs = 1000;

/** The command that runs when none is named. */
export const glanceCommandName = 'glance';

export function statusCommand(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('whether all is in step, what waits, and the state of what is in use')
    .option('--watch', 'show it again every second until interrupted')
    .addHelpText(
      'after',
      examples(
        'status',
        'status --watch',
        'status --json                exit 3 when something waits or is not in step',
      ),
    )
    .action(async (options: { watch?: boolean }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const status = readStatus(run, await client.status());
      if (options.watch === true) {
        await watch(run, context.terminal, status, async () => readStatus(run, await client.status()));
      }
      run.show(status, statusText);
      leaveByStatus(run, status);
    });

  program.command(glanceCommandName, { hidden: true }).action(async (_options: unknown, command: Command) => {
    const run = running(context, command);
    const status = readStatus(run, await (await run.client()).status());
    run.show(status.glance, () => glanceLines(status).join('\n'));
    leaveByStatus(run, status);
  });
}

/** Until it is interrupted, or the daemon answers no longer. */
async function watch(run: Running, room: Room, first: StatusBody, next: () => Promise<StatusBody>): Promise<never> {
  let status = first;
  for (;;) {
    if (run.asJson) {
      run.output.json(status);
    } else {
      run.output.redraw(laidOut(statusText(status), room));
    }
    await new Promise((resolve) => {
      setTimeout(resolve, watchIntervalMs);
    });
    status = await next();
  }
}

/** The exit code says how it stands, with --json as well. */
function leaveByStatus(run: Running, status: StatusBody): void {
  if (status.keys.locked) {
    run.fail(exitCodes.notSetUp, '');
  }
  if (status.glance.waits.length > 0) {
    run.fail(exitCodes.attention, '');
  }
}
