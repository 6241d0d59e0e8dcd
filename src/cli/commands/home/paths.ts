import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

export function pathCommands(program: Command, context: CliContext): void {
  program
    .command('paths')
    .description('where everything of this home lives')
    .action((_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.local.paths(), (paths) =>
        table(
          ['what', 'where'],
          Object.entries(paths).map(([what, where]) => [what, [where].flat().join(', ')]),
        ),
      );
    });

  program
    .command('config')
    .description('settings of this home')
    .command('show')
    .option('--origin', 'say where each value comes from')
    .action((options: { origin?: boolean }, command: Command) => {
      const run = running(context, command);
      const { settings, problems } = run.local.configShow();
      run.show({ settings, problems }, () =>
        table(
          options.origin === true ? ['setting', 'value', 'from'] : ['setting', 'value'],
          settings.map(({ key, value, origin }) => [
            key,
            JSON.stringify(value),
            ...(options.origin === true ? [origin] : []),
          ]),
        ),
      );
      if (problems.length > 0) {
        run.fail(exitCodes.failed, problems.join('\n'));
      }
    });
}
