import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

export function pathCommands(program: Command, context: CliContext): void {
  program
    .command('paths')
    .description('where everything of this home lives')
    .addHelpText('after', examples('paths', 'paths --home ~/second --json'))
    .action((_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.local.paths(), (paths) =>
        table(
          ['what', 'where'],
          Object.entries(paths).map(([what, where]) => [what, [where].flat().join(', ')]),
        ),
      );
    });
}
