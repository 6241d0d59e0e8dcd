import type { Command } from 'commander';
import type { RebuiltRecordBody } from '../../../api/types/store.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { storeUpgradeCommands } from './store-upgrade.ts';

export function storeCommands(program: Command, context: CliContext): void {
  const store = program.command('store').description('what this device keeps on its disk');

  store
    .command('verify')
    .description('open every stored record and name those that are damaged')
    .addHelpText('after', examples('store verify'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const found = run.unwrap(await (await run.client()).verifyStore());
      run.show(found, ({ checked, damaged }) =>
        damaged.length === 0
          ? `${checked} records, every seal opens.`
          : [
              `${damaged.length === 1 ? '1 record is' : `${damaged.length} records are`} damaged:`,
              listOf(damaged),
              '',
              'See what the log can give back with: sourcesync store rebuild',
            ].join('\n'),
      );
      if (!found.ok) {
        run.fail(exitCodes.attention, '');
      }
    });

  store
    .command('rebuild')
    .description(
      'make damaged records again from the log, and go on behind lost events of the audit; without --execute it says what it would do',
    )
    .option('--execute', 'do it')
    .addHelpText('after', examples('store rebuild               says what it would do', 'store rebuild --execute'))
    .action(async (options: { execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const result = run.unwrap(await (await run.client()).rebuildStore(options.execute === true));
      run.show(result, ({ executed, records, lostEvents }) => {
        if (records.length + lostEvents.length === 0) {
          return 'Nothing is damaged.';
        }
        const next = executed ? [] : ['', 'Nothing was changed. Do it with: sourcesync store rebuild --execute'];
        return [...(records.length > 0 ? [listOf(records)] : []), ...lostEvents.map(lostInWords), ...next].join('\n');
      });
      if (result.records.some(({ outcome }) => outcome === 'failed')) {
        run.fail(exitCodes.attention, '');
      }
    });

  storeUpgradeCommands(store, context);
}

function lostInWords({ from, to }: { readonly from: number; readonly to: number }): string {
  const which = from === to ? `Event ${from}` : `Events ${from} to ${to}`;
  return `${which} of the audit cannot be had again: the chain goes on behind, and says so.`;
}

function listOf(records: readonly RebuiltRecordBody[]): string {
  return table(
    ['collection', 'record', 'changes', 'outcome', 'note'],
    records.map(({ collection, recordId, changes, outcome, message }) => [
      collection,
      recordId ?? '(unknown)',
      String(changes),
      outcome,
      message ?? '',
    ]),
  );
}
