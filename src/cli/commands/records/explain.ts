import type { Command } from 'commander';
import type { ExplainBody, ExplainedChangeBody } from '../../../api/types/explain.ts';
import { localTime } from '../../../base/local-time.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { knownNames } from '../../review/known-names.ts';
import type { Names } from '../../review/names.ts';

export function explainCommand(program: Command, context: CliContext): void {
  program
    .command('explain [collection] [id]')
    .description('every step of admission of a record or a change, and why something is not synced')
    .option('--change <hash>', 'one change by its hash, or what is held under a quarantine id')
    .addHelpText('after', examples('explain notes todo', 'explain --change 4xoQfNGRqcOr'))
    .action(
      async (
        collection: string | undefined,
        id: string | undefined,
        options: { change?: string },
        command: Command,
      ) => {
        const run = running(context, command);
        if (options.change === undefined && (collection === undefined || id === undefined)) {
          return run.fail(exitCodes.usage, 'Name a collection and a record, or say --change HASH.');
        }
        const client = await run.client();
        if (options.change !== undefined) {
          const change = run.unwrap(await client.explainChange(options.change));
          const names = await knownNames(client, run);
          run.show(change, (one) => changeText(one, names));
          return;
        }
        const body = run.unwrap(await client.explain(collection ?? '', id ?? ''));
        const names = await knownNames(client, run);
        run.show(body, (one) => explainText(one, names));
      },
    );
}

function explainText(body: ExplainBody, names: Names): string {
  const { collection, id, synced, why, notSynced, keptAsBytes, needs = [], changes } = body;
  const ways = notSynced.map(({ message, remedy, reasonCode }) => {
    const code = reasonCode === null ? '' : ` (${reasonCode})`;
    return `- ${message}${code}\n  ${remedy}`;
  });
  const head = synced ? [`${collection}/${id} is synced. ${why}`] : [`${collection}/${id} is not synced:`, ...ways];
  const kept = keptAsBytes === null ? [] : [keptAsBytes];
  const needed = needs.map(({ message, remedy }) => `- ${message}\n  ${remedy}`);
  return [[...head, ...kept, ...needed].join('\n'), ...changes.map((change) => changeText(change, names))].join('\n\n');
}

function changeText(change: ExplainedChangeBody, names: Names): string {
  const { signer, strategy, auditEvents } = change;
  return [
    `change ${change.changeId} (${change.operation}: ${change.summary}) of ${localTime(change.at, 'seconds')} by ${names.author(change.author)}`,
    `signed by ${signer.device === '' ? names.device(signer.deviceId) : signer.device}, batch ${signer.sequence}, record ${signer.index}`,
    table(
      ['step', 'manifest', 'question', 'answer'],
      change.steps.map(({ step, clause, question, answer }) => [step, clause ?? '', question, answer]),
    ),
    `verdict: ${change.verdict}${change.reasonCode === null ? '' : ` (${change.reasonCode})`}`,
    `strategy: ${strategy.decided}`,
    ...strategy.reviews.map(({ id, kind, summary }) => `open ${kind} ${id}: ${summary}`),
    ...strategy.decisions.map(
      ({ decision, author, device, at }) =>
        `decided at ${localTime(at, 'seconds')}: ${decision} by ${names.author(author)} on ${device}`,
    ),
    ...(strategy.quarantineId === null ? [] : [`held in quarantine as ${strategy.quarantineId}`]),
    ...auditEvents.map(
      ({ at, eventType, outcome, id }) => `audited at ${localTime(at, 'seconds')}: ${eventType} (${outcome}) ${id}`,
    ),
  ].join('\n');
}
