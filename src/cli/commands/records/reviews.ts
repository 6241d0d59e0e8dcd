import type { Command } from 'commander';
import type { DecisionBody, ReviewDetailBody } from '../../../api/types/reviews.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { contentName, readContent } from '../../ground/read-content.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { mergeByHand } from '../../review/by-hand.ts';
import { fieldsOfFile } from '../../review/hand-merge.ts';
import { listLines } from '../../review/list-text.ts';
import { reviewLines } from '../../review/review-text.ts';
import { showLines, viewOf } from '../../review/view-of.ts';
import { examples } from '../../ground/examples.ts';
import { collectionOf } from './collection-of.ts';
import { type BulkOptions, bulkOptions, decideAll } from './bulk-reviews.ts';

export function reviewCommands(program: Command, context: CliContext): void {
  const reviews = program
    .command('reviews')
    .description('the one queue of what waits for a person')
    .addHelpText('after', queueExamples);

  reviews
    .command('ls')
    .description('open proposals and conflicts, oldest first')
    .option('--engine <id>', 'of one engine only')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .addHelpText('after', examples('reviews ls', 'reviews ls --engine shell', 'reviews ls --json'))
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
      await showLines(context, run, page, listLines);
    });

  reviews
    .command('show <id>')
    .description('what, whose, when and why; the difference; and which version each decision takes')
    .addHelpText('after', examples('reviews show rv_m4ivpuh5', 'reviews show rv_m4ivpuh5 --json'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const review = run.unwrap(await (await run.client()).review(id));
      await showLines(context, run, review, reviewLines);
    });

  bulkCommands(reviews, context);
  decisionCommands(reviews, context);
}

const queueExamples = `
Examples:
  sourcesync review                       the queue, one item after the other, a key each
  sourcesync reviews ls                   all of it
  sourcesync reviews show rv_m4ivpuh5     one item, as a difference; of its id rv_ and three letters are
                                          enough where no other begins so
  sourcesync reviews undo                 takes back what was decided last on this device`;

function bulkCommands(reviews: Command, context: CliContext): void {
  for (const decision of ['accept', 'reject'] as const) {
    const command = reviews
      .command(`${decision} [id]`)
      .description(
        decision === 'accept'
          ? 'make it live, here and on the other devices'
          : 'decide against it; it stays in the history',
      )
      .addHelpText(
        'after',
        examples(
          `reviews ${decision} rv_m4ivpuh5`,
          `reviews ${decision} --all --engine shell                  shows what that would be`,
          `reviews ${decision} --all --engine shell --device laptop --execute`,
        ),
      );
    bulkOptions(command).action(async (id: string | undefined, options: BulkOptions, self: Command) => {
      const run = running(context, self);
      if (options.all === true) {
        await decideAll(run, options, decision, id);
        return;
      }
      if (id === undefined) {
        return run.fail(exitCodes.usage, `Name an item, or say --all --engine ID. See: sourcesync reviews ls`);
      }
      run.show(run.unwrap(await (await run.client()).decide(id, decision)), statusText);
    });
  }
}

function decisionCommands(reviews: Command, context: CliContext): void {
  reviews
    .command('merge <id>')
    .description(
      'make an edited record live here, and propose it to the others; in a terminal your editor opens both versions, elsewhere what both sides changed is merged',
    )
    .option('--file <file>', 'the edited record, or - for standard input')
    .addHelpText('after', mergeHelp)
    .action(async (id: string, options: { file?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      if (options.file === undefined && context.output.interactive && !run.asJson) {
        return decidedByHand(context, run, run.unwrap(await client.review(id)));
      }
      const shown = options.file === undefined ? undefined : run.unwrap(await client.review(id));
      const body =
        shown === undefined || options.file === undefined ? {} : { fields: await fileBody(run, shown, options.file) };
      run.show(run.unwrap(await client.decide(shown?.id ?? id, 'merge', body)), statusText);
    });

  reviews
    .command('keep-both <id>')
    .description('leave what is live as it is, and keep the proposal as a record of its own beside it')
    .addHelpText('after', examples('reviews keep-both rv_m4ivpuh5'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).decide(id, 'keep-both')), statusText);
    });

  reviews
    .command('undo [id]')
    .description(
      'take a decision back, or an undo: the item is open again on every device, or decided again; without an id the last decision of this device',
    )
    .addHelpText('after', examples('reviews undo', 'reviews undo rv_m4ivpuh5t3ufamap'))
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const last = id ?? run.unwrap(await client.decidedHere()).items[0]?.id;
      if (last === undefined) {
        return run.fail(
          exitCodes.failed,
          'Nothing was decided on this device that could be taken back. One that was decided elsewhere is named by its id.',
        );
      }
      run.show(run.unwrap(await client.decide(last, 'undo')), undoText);
    });
}

const mergeHelp = `
FILE is the text itself where the record is one (a file, an alias, a section: it has one text, called body or text),
or the JSON of the whole record. JSON is taken for the record where it is an object with that text in it, or with no
other members than the record has; any other record is always given as JSON. Marks (<<<<<<<, >>>>>>>) that were left in a text are refused.
${examples(
  'reviews merge rv_m4ivpuh5                  opens both versions in VISUAL or EDITOR',
  'reviews merge rv_m4ivpuh5 --file merged.txt',
  'reviews merge rv_m4ivpuh5 --file - < record.json',
)}`;

/** Decides about exactly what the editor showed. */
async function decidedByHand(context: CliContext, run: Running, review: ReviewDetailBody): Promise<void> {
  const { names } = await viewOf(context, run);
  const merge = await mergeByHand(review, names, context.terminal, context.output.note);
  if (!merge.ok) {
    return run.fail(exitCodes.failed, `Nothing was decided. ${merge.error}`);
  }
  const { fields, keep } = merge.value;
  const answer = await (await run.client()).decide(review.id, 'merge', { fields }, review.version);
  if (!answer.ok) {
    context.output.note(await keep());
  }
  run.show(run.unwrap(answer), statusText);
}

async function fileBody(
  run: Running,
  review: ReviewDetailBody,
  file: string,
): Promise<NonNullable<DecisionBody['fields']>> {
  const bytes = await readContent(run, file);
  const fields = fieldsOfFile(review, bytes);
  return fields.ok
    ? fields.value
    : run.fail(exitCodes.usage, `${contentName(file)} is not taken, and nothing was written. ${fields.error}`);
}

function statusText({ id, status }: ReviewDetailBody): string {
  return `${id} is ${status.replace('_', ' ')}.`;
}

function undoText({ id, status, summary }: ReviewDetailBody): string {
  return `${id} is ${status.replace('_', ' ')}${status === 'open' ? ' again' : ''}: ${summary}`;
}
