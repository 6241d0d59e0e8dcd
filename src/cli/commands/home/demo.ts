import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { isFault, running } from '../../ground/run-command.ts';

export function demoCommand(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('a relay and two devices on this machine, real files, told step by step')
    .addHelpText('after', examples('demo'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const lines: string[] = [];
      const fault = await run.local.demo((line) => {
        lines.push(line);
        if (!run.asJson) {
          context.output.line(line);
        }
      });
      if (run.asJson) {
        context.output.json({ passed: fault === undefined, steps: lines });
      }
      if (fault !== undefined && isFault(fault)) {
        run.fail(fault.exitCode, fault.message);
      }
    });
}
