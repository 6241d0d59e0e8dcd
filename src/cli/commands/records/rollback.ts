import type { Command } from 'commander';
import type { HistoryBody } from '../../../api/types/bodies.ts';
import type { CollectionRollbackBody } from '../../../api/types/rollback.ts';
import { localTime } from '../../../base/local-time.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { knownNames } from '../../review/known-names.ts';
import type { Names } from '../../review/names.ts';

/** Enough of a hash to name a version of one record. */
const shownCharacters = 12;

interface RollbackOptions {
  readonly to?: string;
  readonly at?: string;
  readonly execute?: true;
  readonly ifVersion?: string;
}

/** What a record was, and how it becomes that again. */
export function rollbackCommands(records: Command, context: CliContext): void {
  records
    .command('history <collection> <id>')
    .description('every change of a record that this device knows, and the versions to go back to')
    .addHelpText('after', examples('records history notes todo'))
    .action(async (collection: string, id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const history = run.unwrap(await client.history(collection, id));
      const names = await knownNames(client, run);
      run.show(history, ({ items }) => historyText(collection, id, items, names));
    });

  records
    .command('rollback <collection> [id]')
    .description('make a record what it was, or a collection what it was at a time; history keeps everything since')
    .option('--to <version>', 'of one record: a version that history lists, or its first 6 characters')
    .option('--if-version <version>', 'of one record: refuse when it has changed since')
    .option('--at <time>', 'of the collection: a time such as 2026-01-31T12:00:00Z')
    .option('--execute', 'of the collection: do what the plan says')
    .addHelpText(
      'after',
      examples(
        'records rollback notes todo --to 4xoQfNGRqcOr',
        'records rollback notes --at 2026-01-31T12:00:00Z            says what would change',
        'records rollback notes --at 2026-01-31T12:00:00Z --execute',
      ),
    )
    .action(async (collection: string, id: string | undefined, options: RollbackOptions, command: Command) => {
      const run = running(context, command);
      if (id !== undefined && options.to !== undefined && options.at === undefined) {
        return rollbackRecord(run, collection, id, options.to, options.ifVersion);
      }
      if (id === undefined && options.at !== undefined && options.to === undefined) {
        return rollbackCollection(run, collection, options.at, options.execute === true);
      }
      return run.fail(exitCodes.usage, 'Name a record and --to VERSION, or the collection alone and --at TIME.');
    });
}

async function rollbackRecord(
  run: Running,
  collection: string,
  id: string,
  to: string,
  ifVersion: string | undefined,
): Promise<void> {
  const written = await (await run.client()).rollbackRecord(collection, id, to, ifVersion);
  run.show(run.unwrap(written), ({ version }) => `${collection}/${id} is what it was, at the new version ${version}.`);
}

async function rollbackCollection(run: Running, collection: string, at: string, execute: boolean): Promise<void> {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) {
    return run.fail(exitCodes.usage, `${at} is no time. Write it as 2026-01-31T12:00:00Z.`);
  }
  const done = run.unwrap(await (await run.client()).rollbackCollection(collection, moment.toISOString(), execute));
  run.show(done, collectionText);
  if (done.failed.length > 0 || done.damaged > 0) {
    run.fail(exitCodes.failed, 'Not every record could go back: see above.');
  }
}

export function collectionText(done: CollectionRollbackBody): string {
  const { collection, at, executed, put, remove, unchanged, damaged, failed, examples } = done;
  const changed = put + remove;
  const head = executed
    ? `${collection} is what it was at ${at}: ${put} put back, ${remove} deleted, ${unchanged} unchanged.`
    : `To make ${collection} what it was at ${at}: ${put} put back, ${remove} deleted, ${unchanged} unchanged.`;
  const more = changed - examples.length;
  return [
    head,
    ...(examples.length === 0
      ? []
      : [
          table(
            ['record', 'becomes', 'what'],
            examples.map((one) => [one.id, becomes[one.action], one.summary]),
          ),
        ]),
    ...(more > 0 ? [`… and ${more} more.`] : []),
    ...(damaged > 0 ? [`${damaged} damaged rows stay as they are. See: sourcesync store verify`] : []),
    ...failed.map(({ id, message }) => `${id} stays as it is: ${message}`),
    ...(executed || changed === 0 ? [] : ['Nothing was written. Do it with: --execute']),
  ].join('\n');
}

const becomes = { put: 'as it was', remove: 'deleted' } as const;

function historyText(collection: string, id: string, items: readonly HistoryBody[], names: Names): string {
  if (items.length === 0) {
    return `No change of ${collection}/${id} is known here.`;
  }
  const rows = items.map((item) => [
    localTime(item.at, 'seconds'),
    item.changeId.slice(0, shownCharacters),
    item.current ? 'live now' : item.disposition,
    item.device === '' ? names.device(item.deviceId) : item.device,
    names.author(item.author),
    item.summary,
  ]);
  const past = items.findLast(({ rollback, current }) => rollback && !current);
  return [
    table(['at', 'version', 'became', 'device', 'author', 'what'], rows),
    ...items.flatMap(({ changeId, widened = [] }) =>
      widened.map((words) => `widened by ${changeId.slice(0, shownCharacters)}: ${printable(words)}`),
    ),
    ...(past === undefined
      ? []
      : [
          '',
          `Back to an earlier one: sourcesync records rollback ${collection} ${id} --to ${past.changeId.slice(0, shownCharacters)}`,
        ]),
  ].join('\n');
}
