import type { Command } from 'commander';
import type { ReferencesBody } from '../../../api/types/references.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

export function referencesCommand(records: Command, context: CliContext): void {
  records
    .command('references <collection> <id>')
    .description('what a record refers to, what of it is here, and what would bring the rest')
    .addHelpText('after', examples('records references models default'))
    .action(async (collection: string, id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const body = run.unwrap(await (await run.client()).references(collection, id));
      run.show(body, referencesText);
      if (!body.satisfied) {
        run.fail(
          exitCodes.attention,
          body.items.some(({ outcome }) => outcome === 'denied')
            ? 'A reference is denied here, which no option of the record makes good.'
            : 'A reference that the record needs leads nowhere here.',
        );
      }
    });
}

function referencesText({ collection, id, items }: ReferencesBody): string {
  if (items.length === 0) {
    return `${collection}/${id} refers to nothing.`;
  }
  return [
    table(
      ['at', 'type', 'to', 'policy', 'outcome', 'verification', 'owner'],
      items.map((item) => [
        item.path,
        item.type,
        item.to,
        item.policy,
        item.outcome,
        item.verification,
        item.owner ?? '',
      ]),
    ),
    ...items.flatMap(({ to, detail, remedy, set }) => [
      ...(remedy === null ? [] : [`${to}: ${detail === undefined ? '' : `${detail}. `}${remedy}`]),
      ...(set === undefined ? [] : [`${to}: ${set.message} ${set.remedy}`]),
    ]),
  ].join('\n');
}
