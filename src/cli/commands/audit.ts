import type { Command } from 'commander';
import { type CliContext, exitCodes } from '../context.ts';
import { running } from '../run-command.ts';
import { table } from '../table.ts';

export function auditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('the hash chain of what this device decided');

  audit
    .command('ls')
    .description('events, oldest first, a page at a time')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--limit <n>', 'page size, at most 1000', '100')
    .action(async (options: { cursor?: string; limit: string }, command: Command) => {
      const run = running(context, command);
      const page = run.unwrap(
        await (await run.client()).audit({
          limit: Number(options.limit),
          ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
        }),
      );
      run.show(page, ({ items, nextCursor }) =>
        [
          table(
            ['at', 'event', 'outcome', 'reason', 'domain'],
            items.map((event) => [
              event.occurredAt,
              event.eventType,
              event.outcome,
              event.reasonCode,
              event.policyDomain,
            ]),
          ),
          ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`]),
        ].join('\n'),
      );
    });

  audit
    .command('verify')
    .description('recompute the whole chain')
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const verified = run.unwrap(await (await run.client()).verifyAudit());
      run.show(verified, ({ message }) => message);
      if (!verified.valid) {
        run.fail(exitCodes.failed, '');
      }
    });
}
