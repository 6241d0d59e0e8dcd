import type { Command } from 'commander';
import type { ReviewBody } from '../../../api/types/reviews.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { paint } from '../../review/paint.ts';
import { viewOf } from '../../review/view-of.ts';
import { type Decided, walk } from '../../review/walk.ts';
import type { WalkDesk } from '../../review/walk-desk.ts';
import { collectionOf } from './collection-of.ts';

export function reviewCommand(program: Command, context: CliContext): void {
  program
    .command('review')
    .description('walk through what waits for you, oldest first: the difference, then one key')
    .option('--engine <id>', 'of one engine only')
    .addHelpText('after', `${examples('review', 'review --engine shell')}\n${keys}`)
    .action(async (options: { engine?: string }, command: Command) => {
      const run = running(context, command);
      if (!context.output.interactive || run.asJson) {
        return run.fail(exitCodes.usage, withoutTerminal);
      }
      const client = await run.client();
      const collection = options.engine === undefined ? undefined : await collectionOf(run, options.engine);
      const items = await everyOpen(run, client, collection);
      const decided = await walked(context, run, client, items);
      const left = (await everyOpen(run, client, collection)).length;
      context.output.line(endText(decided, left));
      if (left > 0) {
        run.fail(exitCodes.attention, '');
      }
    });
}

const withoutTerminal =
  'review asks one key at a time, and needs a terminal for it. Elsewhere: sourcesync reviews ls, reviews show ID, then reviews accept, reject, merge --file or keep-both ID; many at once: reviews accept --all --engine ID';

const keys = `
Keys: a accept, r reject, m merge in VISUAL or EDITOR, b both, s skip, A all that is harmless of one author,
u undo, q quit, ? help; as on the page t take theirs, o keep your own, e merge. After the last one u still takes it back. Ends with 3 where something still waits, else with 0.`;

async function walked(
  context: CliContext,
  run: Running,
  client: WalkDesk['client'],
  items: readonly ReviewBody[],
): Promise<Decided> {
  const { output, terminal } = context;
  const view = await viewOf(context, run);
  return walk(
    {
      client,
      terminal,
      say: (lines) => output.line(paint(lines, view.look)),
      view: () => ({ ...view, look: { ...view.look, columns: terminal.columns }, nowMs: Date.now() }),
      leave: (fault) => run.unwrap<never>({ ok: false, error: fault }),
    },
    items,
  );
}

/** Every open item, oldest first. */
async function everyOpen(
  run: Running,
  client: Pick<Client, 'reviews'>,
  collection: string | undefined,
): Promise<readonly ReviewBody[]> {
  const items: ReviewBody[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly ReviewBody[]; readonly nextCursor: string | null } = run.unwrap(
      await client.reviews({
        limit: 1000,
        ...(collection === undefined ? {} : { collection }),
        ...(cursor === null ? {} : { cursor }),
      }),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** `Decided: 2 accepted, 1 rejected. 3 items still wait …` */
function endText(decided: Decided, left: number): string {
  const counts = new Map<string, number>();
  for (const status of decided.values()) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const words = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  const done = decided.size === 0 ? 'Nothing was decided.' : `Decided: ${words}.`;
  return left === 0
    ? `${done} Nothing waits for you.`
    : `${done} ${counted(left, 'item')} still ${left === 1 ? 'waits' : 'wait'} for you: sourcesync review`;
}
