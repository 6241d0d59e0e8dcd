import type { Command } from 'commander';
import type { ExplainBody, ExplainedChangeBody } from '../../api/types.ts';
import { type CliContext, exitCodes } from '../context.ts';
import { running } from '../run-command.ts';
import { table } from '../table.ts';

export function explainCommand(program: Command, context: CliContext): void {
  program
    .command('explain [collection] [id]')
    .description('every step of admission of a record or a change, and why something is not synced')
    .option('--change <hash>', 'one change by its hash')
    .action(
      async (
        collection: string | undefined,
        id: string | undefined,
        options: { change?: string },
        command: Command,
      ) => {
        const run = running(context, command);
        const client = await run.client();
        if (options.change !== undefined) {
          run.show(run.unwrap(await client.explainChange(options.change)), changeText);
          return;
        }
        if (collection === undefined || id === undefined) {
          return run.fail(exitCodes.usage, 'Name a collection and a record, or say --change HASH.');
        }
        run.show(run.unwrap(await client.explain(collection, id)), explainText);
      },
    );
}

function explainText({ collection, id, synced, why, changes }: ExplainBody): string {
  return [`${collection}/${id}: ${synced ? 'synced' : 'not synced'}. ${why}`, ...changes.map(changeText)].join('\n\n');
}

function changeText(change: ExplainedChangeBody): string {
  return [
    `change ${change.changeId} (${change.operation}) of ${change.at} by ${change.author} on ${change.deviceId}: ${change.disposition}`,
    table(
      ['step', 'question', 'answer'],
      change.steps.map(({ step, question, answer }) => [step, question, answer]),
    ),
    `verdict: ${change.verdict}${change.reasonCode === null ? '' : ` (${change.reasonCode})`}`,
  ].join('\n');
}
