import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';

export function quarantineCommands(program: Command, context: CliContext): void {
  const quarantine = program.command('quarantine').description('what is held without effect');

  quarantine
    .command('ls')
    .description('held changes and batches, oldest first')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .addHelpText('after', examples('quarantine ls', 'quarantine ls --json'))
    .action(async (options: { cursor?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const page = run.unwrap(await client.quarantine(options.cursor === undefined ? {} : { cursor: options.cursor }));
      run.show(page, ({ items, nextCursor }) =>
        items.length === 0
          ? 'Nothing is in quarantine.'
          : [
              table(
                ['id', 'collection', 'record', 'reason', 'summary'],
                items.map((item) => [
                  item.id,
                  item.collection ?? '',
                  item.recordId ?? '',
                  item.detail === null ? item.reasonCode : `${item.reasonCode}/${item.detail}`,
                  item.summary,
                ]),
              ),
              ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`]),
            ].join('\n'),
      );
    });

  quarantine
    .command('show <id>')
    .description('what a held change says, inert')
    .addHelpText('after', examples('quarantine show q_m4ivpuh5'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).quarantined(id)), (item) =>
        [
          `${item.id}: ${item.reasonCode}, ${item.status}`,
          printable(item.summary),
          JSON.stringify(item.value, null, 2),
        ].join('\n'),
      );
    });

  for (const action of ['release', 'drop'] as const) {
    quarantine
      .command(`${action} <id>`)
      .description(action === 'release' ? 'let it take effect here' : 'take it off the list without effect')
      .addHelpText('after', examples(`quarantine ${action} q_m4ivpuh5`))
      .action(async (id: string, _options: unknown, command: Command) => {
        const run = running(context, command);
        const settled = run.unwrap(await (await run.client()).settleQuarantined(id, action));
        run.show(settled, ({ status }) => `${id} is ${status}.`);
      });
  }
}
