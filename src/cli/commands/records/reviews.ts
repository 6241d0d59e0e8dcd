import type { Command } from 'commander';
import type { BulkPreviewBody, ReviewDetailBody } from '../../../api/types/reviews.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { readFields } from '../../ground/read-fields.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { reviewText } from '../../ground/review-text.ts';
import { fullId } from '../home/engines.ts';

export function reviewCommands(program: Command, context: CliContext): void {
  const reviews = program.command('reviews').description('the one queue of what waits for a person');

  reviews
    .command('ls')
    .description('open proposals and conflicts, oldest first')
    .option('--engine <id>', 'of one engine only')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(async (options: { engine?: string; cursor?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const collection = options.engine === undefined ? undefined : await collectionOf(run, options.engine);
      const page = run.unwrap(
        await client.reviews({
          ...(collection === undefined ? {} : { collection }),
          ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
        }),
      );
      run.show(page, ({ items, nextCursor }) =>
        items.length === 0
          ? 'Nothing waits for review.'
          : [
              table(
                ['id', 'collection', 'record', 'kind', 'reason', 'summary'],
                items.map((item) => [
                  item.id,
                  item.collection,
                  item.recordId,
                  item.kind,
                  item.reasonCode,
                  item.summary,
                ]),
              ),
              ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`]),
            ].join('\n'),
      );
    });

  reviews
    .command('show <id>')
    .description('what is live and what is proposed')
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).review(id)), reviewText);
    });

  decisionCommands(reviews, context);
}

function decisionCommands(reviews: Command, context: CliContext): void {
  for (const decision of ['accept', 'reject'] as const) {
    reviews
      .command(`${decision} [id]`)
      .description(
        decision === 'accept'
          ? 'make it live, here and on the other devices'
          : 'decide against it; it stays in the history',
      )
      .option('--all', 'every open item of an engine: shows what that is, and does it with --execute')
      .option('--engine <id>', 'with --all')
      .option('--execute', 'with --all: do it')
      .action(async (id: string | undefined, options: BulkOptions, command: Command) => {
        const run = running(context, command);
        if (options.all === true) {
          await decideAll(run, options, decision);
          return;
        }
        if (id === undefined) {
          return run.fail(exitCodes.usage, `Name an item, or say --all --engine ID. See: sourcesync reviews ls`);
        }
        run.show(run.unwrap(await (await run.client()).decide(id, decision)), statusText);
      });
  }

  reviews
    .command('merge <id>')
    .description(
      'make an edited record live here, and propose it to the others; without a file, base, live and proposal are merged',
    )
    .option('--file <file>', 'the edited record as JSON, or - for standard input')
    .action(async (id: string, options: { file?: string }, command: Command) => {
      const run = running(context, command);
      const body = options.file === undefined ? {} : { fields: await readFields(run, options.file) };
      run.show(run.unwrap(await (await run.client()).decide(id, 'merge', body)), statusText);
    });

  reviews
    .command('keep-both <id>')
    .description('leave what is live as it is, and keep the proposal as a record of its own beside it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).decide(id, 'keep-both')), statusText);
    });

  reviews
    .command('undo <id>')
    .description('take a decision back, or an undo: the item is open again on every device, or decided again')
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).decide(id, 'undo')), statusText);
    });
}

interface BulkOptions {
  readonly all?: boolean;
  readonly engine?: string;
  readonly execute?: boolean;
}

async function decideAll(run: Running, { engine, execute }: BulkOptions, decision: 'accept' | 'reject'): Promise<void> {
  if (engine === undefined) {
    return run.fail(exitCodes.usage, '--all needs --engine ID: one engine at a time.');
  }
  const client = await run.client();
  const collection = await collectionOf(run, engine);
  if (execute !== true) {
    run.show(run.unwrap(await client.previewAll(collection, decision)), (preview) =>
      previewText(preview, `sourcesync reviews ${decision} --all --engine ${engine} --execute`),
    );
    return;
  }
  const result = run.unwrap(await client.decideAll(collection, decision));
  run.show(result, ({ decided, failed }) =>
    [`${decided} decided.`, ...failed.map((item) => `${item.id}: ${printable(item.message)}`)].join('\n'),
  );
  if (result.failed.length > 0) {
    run.fail(exitCodes.failed, '');
  }
}

function previewText({ total, groups, first }: BulkPreviewBody, command: string): string {
  if (total === 0) {
    return 'Nothing waits for review there.';
  }
  return [
    table(
      ['items', 'engine', 'kind', 'reason', 'by device'],
      groups.map(({ count, engineId, kind, reasonCode, deviceId }) => [
        String(count),
        engineId,
        kind,
        reasonCode,
        deviceId,
      ]),
    ),
    '',
    ...first.map(({ id, recordId, summary }) => `${id}  ${printable(recordId)}  ${printable(summary)}`),
    ...(total > first.length ? [`… and ${total - first.length} more`] : []),
    '',
    `Nothing was decided. To decide about all ${total}: ${command}`,
  ].join('\n');
}

function statusText({ id, status }: ReviewDetailBody): string {
  return `${id} is ${status.replace('_', ' ')}.`;
}

async function collectionOf(run: Running, engine: string): Promise<string> {
  return run.unwrap(await (await run.client()).engine(fullId(engine))).collection;
}
