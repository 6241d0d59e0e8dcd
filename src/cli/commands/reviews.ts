import type { Command } from 'commander';
import type { ReviewDetailBody } from '../../api/types.ts';
import { type CliContext, exitCodes } from '../context.ts';
import { type Running, running } from '../run-command.ts';
import { printable, table } from '../table.ts';
import { fullId } from './engines.ts';

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

  for (const decision of ['accept', 'reject'] as const) {
    reviews
      .command(`${decision} [id]`)
      .description(
        decision === 'accept'
          ? 'make it live, here and on the other devices'
          : 'decide against it; it stays in the history',
      )
      .option('--all', 'every open item of an engine')
      .option('--engine <id>', 'with --all')
      .action(async (id: string | undefined, options: { all?: boolean; engine?: string }, command: Command) => {
        const run = running(context, command);
        if (options.all === true) {
          await decideAll(run, options.engine, decision);
          return;
        }
        if (id === undefined) {
          return run.fail(exitCodes.usage, `Name an item, or say --all --engine ID. See: sourcesync reviews ls`);
        }
        run.show(run.unwrap(await (await run.client()).decide(id, decision)), ({ status }) => `${id} is ${status}.`);
      });
  }
}

async function decideAll(run: Running, engine: string | undefined, decision: 'accept' | 'reject'): Promise<void> {
  if (engine === undefined) {
    return run.fail(exitCodes.usage, '--all needs --engine ID: one engine at a time.');
  }
  const result = run.unwrap(await (await run.client()).decideAll(await collectionOf(run, engine), decision));
  run.show(result, ({ decided, failed }) =>
    [`${decided} decided.`, ...failed.map((item) => `${item.id}: ${printable(item.message)}`)].join('\n'),
  );
  if (result.failed.length > 0) {
    run.fail(exitCodes.failed, '');
  }
}

async function collectionOf(run: Running, engine: string): Promise<string> {
  return run.unwrap(await (await run.client()).engine(fullId(engine))).collection;
}

function reviewText(review: ReviewDetailBody): string {
  return [
    `${review.id}: ${review.kind} for ${review.collection}/${printable(review.recordId)} (${review.reasonCode}), ${review.status}`,
    `by ${review.author} on ${review.deviceId} at ${review.createdAt}`,
    printable(review.summary),
    '',
    'live:',
    JSON.stringify(review.live, null, 2),
    ...review.alternatives.flatMap(({ path, value, deleted }) => [
      '',
      `proposed${path === '' ? '' : ` for ${path}`}:`,
      deleted ? '(deleted)' : JSON.stringify(value, null, 2),
    ]),
  ].join('\n');
}
