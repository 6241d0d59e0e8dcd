import type { Command } from 'commander';
import type { RestoreBody } from '../../../api/types/restore.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { collectionText } from './rollback.ts';

export function restoreCommands(program: Command, context: CliContext): void {
  const restore = program
    .command('restore')
    .description('go back to a point of this device: restore POINT [--collection C] [--execute]');

  restore
    .command('ls')
    .description('points to go back to, newest first; the device writes one before much changes at once')
    .addHelpText('after', examples('restore ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const page = run.unwrap(await (await run.client()).restorePoints());
      run.show(page, ({ items }) =>
        items.length === 0
          ? 'There is no restore point. Write one with: sourcesync restore create'
          : table(
              ['point', 'at', 'written', 'collection', 'name'],
              items.map(({ id, at, cause, collection, name }) => [
                id,
                at,
                causes[cause] ?? cause,
                collection ?? 'all',
                name,
              ]),
            ),
      );
    });

  restore
    .command('create')
    .description('write a point now')
    .option('--name <name>', 'what you call it', '')
    .addHelpText('after', examples("restore create --name 'before the move'"))
    .action(async ({ name }: { name: string }, command: Command) => {
      const run = running(context, command);
      const point = run.unwrap(await (await run.client()).createRestorePoint(name));
      run.show(point, ({ id }) => `${id} is written. Go back to it with: sourcesync restore ${id}`);
    });

  restore
    .command('to <point>', { isDefault: true })
    .description('every record as it was at a point, by new changes; without --execute it says what it would do')
    .option('--collection <name>', 'this collection only')
    .option('--execute', 'do what the plan says')
    .addHelpText(
      'after',
      examples(
        'restore to rp_m4ivpuh5            says what would change',
        'restore to rp_m4ivpuh5 --collection notes --execute',
      ),
    )
    .action(async (point: string, options: { collection?: string; execute?: true }, command: Command) => {
      const run = running(context, command);
      const { collection } = options;
      const asked = { execute: options.execute === true, ...(collection === undefined ? {} : { collection }) };
      const done = run.unwrap(await (await run.client()).restore(point, asked));
      run.show(done, restoreText);
      if (done.collections.some(({ failed, damaged }) => failed.length > 0 || damaged > 0)) {
        run.fail(exitCodes.failed, 'Not every record could go back: see above.');
      }
    });
}

const causes: Readonly<Record<string, string>> = {
  brake: 'before a mass change was accepted',
  losses: 'before fifty records of a day were lost',
  going_back: 'before many files went back',
  reviews: 'before many reviews were decided',
  owner_push: "before an owner's set was taken",
  first_meeting: 'before both sides met',
  rollback: 'before going back',
  person: 'by you',
};

function restoreText({ collections }: RestoreBody): string {
  return collections.length === 0
    ? 'Nothing is here that could go back.'
    : collections.map(collectionText).join('\n\n');
}
