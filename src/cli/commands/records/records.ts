import type { Command } from 'commander';
import type { RecordBody } from '../../../api/types/bodies.ts';
import { localTime } from '../../../base/local-time.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import {
  type LeaseOptions,
  isLeased,
  leaseOptions,
  leaveIfWaiting,
  writeUnderLease,
} from '../../ground/leased-write.ts';
import { readFields } from '../../ground/read-fields.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { knownNames } from '../../review/known-names.ts';
import type { Names } from '../../review/names.ts';
import { handOut } from './proof.ts';
import { referencesCommand } from './references.ts';
import { rollbackCommands } from './rollback.ts';

export function recordCommands(program: Command, context: CliContext): void {
  const records = program.command('records').description('read and write records');

  records
    .command('ls <collection>')
    .description('live records, a page at a time')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--limit <n>', 'page size, at most 1000', '100')
    .addHelpText('after', examples('records ls notes', 'records ls notes --limit 1000 --json'))
    .action(async (collection: string, options: { cursor?: string; limit: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const page = run.unwrap(
        await client.records(collection, {
          limit: Number(options.limit),
          ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
        }),
      );
      const names = await knownNames(client, run);
      run.show(page, ({ items, nextCursor }) =>
        [
          table(
            ['id', 'updated', 'by', 'pending'],
            items.map((item) => rowOf(item, names)),
          ),
          ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`]),
        ].join('\n'),
      );
    });

  records
    .command('get <collection> <id>')
    .description('one record')
    .addHelpText('after', examples('records get notes todo'))
    .action(async (collection: string, id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const record = run.unwrap(await (await run.client()).record(collection, id));
      run.show(record, prettyFields, 'text');
      if (record.state === 'absent' && record.pending.reviews === 0) {
        run.fail(exitCodes.failed, `There is no record ${id} in ${collection}.`);
      }
    });

  writeCommands(records, context);

  records
    .command('prove <collection> <id>')
    .description('a proof of the version in force that anybody can check offline')
    .option('--change <hash>', 'one change of the record instead')
    .option('--out <file>', 'write it to a file')
    .addHelpText('after', examples('records prove notes todo --out todo.proof'))
    .action(async (collection: string, id: string, options: { change?: string; out?: string }, command: Command) => {
      const run = running(context, command);
      const proof = run.unwrap(await (await run.client()).proveRecord(collection, id, options.change));
      await handOut(run, proof, options.out);
    });

  leaseOptions(records.command('rm <collection> <id>'))
    .description('delete a record; its history stays')
    .addHelpText('after', examples('records rm notes todo'))
    .action(async (collection: string, id: string, options: LeaseOptions, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const removed = isLeased(options)
        ? await writeUnderLease(run, client, { collection, id }, { kind: 'remove' }, options)
        : run.unwrap(await client.removeRecord(collection, id));
      run.show(removed, ({ waits }) => `${collection}/${id} ${waits === undefined ? 'is deleted' : 'is as it was'}.`);
      leaveIfWaiting(run, removed);
    });

  rollbackCommands(records, context);
  referencesCommand(records, context);
}

interface WriteOptions extends LeaseOptions {
  readonly file: string;
  readonly ifVersion?: string;
}

function writeCommands(records: Command, context: CliContext): void {
  for (const verb of ['put', 'patch'] as const) {
    leaseOptions(records.command(`${verb} <collection> <id>`))
      .description(verb === 'put' ? 'write all fields of a record' : 'change some fields (JSON merge patch)')
      .requiredOption('--file <file>', 'a JSON file, or - for standard input')
      .option('--if-version <version>', 'refuse when the record has changed since')
      .addHelpText(
        'after',
        examples(
          `records ${verb} notes todo --file todo.json`,
          `records ${verb} notes todo --file - --if-version 4xoQfNGRqcOr < todo.json`,
        ),
      )
      .action(async (collection: string, id: string, options: WriteOptions, command: Command) => {
        const run = running(context, command);
        const fields = await readFields(run, options.file);
        const client = await run.client();
        const { ifVersion } = options;
        const wanted = verb === 'put' ? ({ kind: verb, fields } as const) : ({ kind: verb, patch: fields } as const);
        const written = isLeased(options)
          ? await writeUnderLease(run, client, { collection, id }, wanted, options)
          : run.unwrap(
              verb === 'put'
                ? await client.putRecord(collection, id, fields, ifVersion)
                : await client.patchRecord(collection, id, fields, ifVersion),
            );
        run.show(written, ({ version, waits }) =>
          waits === undefined
            ? `${collection}/${id} is at version ${version}.`
            : `${collection}/${id} is as it was; the write waits as ${waits.review}.`,
        );
        leaveIfWaiting(run, written);
      });
  }
}

function rowOf({ id, updatedAt, deviceId, pending }: RecordBody, names: Names): readonly string[] {
  const waiting = pending.reviews + pending.conflicts;
  return [
    id,
    updatedAt === null ? '' : localTime(updatedAt),
    deviceId === null ? '' : names.device(deviceId),
    waiting === 0 ? '' : String(waiting),
  ];
}

function prettyFields(record: RecordBody): string {
  return record.fields === null
    ? `${record.collection}/${record.id} is ${record.state}.`
    : JSON.stringify(record.fields, null, 2);
}
