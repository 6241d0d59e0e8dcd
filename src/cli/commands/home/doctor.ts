import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';

export function doctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check this home and say what to do about what is wrong')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const answer = await (await run.client()).doctor();
      const [problem] = run.local.configShow().problems;
      if (!answer.ok && answer.error.kind === 'unreachable' && answer.error.isNobody && problem !== undefined) {
        run.fail(
          exitCodes.unreachable,
          `${answer.error.message} None starts before its configuration is correct: ${problem}`,
        );
      }
      const report = run.unwrap(answer);
      run.show(report, ({ checks }) =>
        checks
          .map(
            ({ name, ok, message, remedy }) =>
              `${ok ? 'ok   ' : 'WRONG'} ${name}: ${message}${remedy === null ? '' : `\n      ${remedy}`}`,
          )
          .join('\n'),
      );
      if (!report.ok) {
        run.fail(exitCodes.failed, '');
      }
    });
}
