import type { Command } from 'commander';
import type { PlaceBody, PlaceShowBody } from '../../../api/types/places.ts';
import type { CliContext } from '../../ground/context.ts';
import { counted } from '../../ground/quantity.ts';
import { running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { placeList, remarks } from './place-table.ts';

export function placeCommands(program: Command, context: CliContext): void {
  const places = program.command('places').description('files of this workstation whose parts are records');
  places
    .command('ls')
    .description('every place that was found, and what is there')
    .option('--all', 'also what was not found, and where was looked')
    .action(async ({ all = false }: { readonly all?: boolean }, command: Command) => {
      const run = running(context, command);
      const { items } = run.unwrap(await (await run.client()).places());
      run.show({ items }, () => placeList(items, all));
    });
  places
    .command('show <name>')
    .description('each unit of a place, and how it stands to its record')
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).place(name)), showText);
    });
  places
    .command('on <name>')
    .description('keep a place and its records in step')
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).followPlace(name)), placeText);
    });
  places
    .command('off <name>')
    .description('leave files and records as they are and keep them in step no longer')
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).leavePlace(name)), placeText);
    });
}

function placeText(place: PlaceBody): string {
  const { name, on, units } = place;
  const what = on
    ? `is followed: ${counted(units.total, 'unit')}`
    : 'is not followed; files and records stay as they are';
  return [`${name} ${what}.`, ...remarks(place)].join('\n');
}

function showText(place: PlaceShowBody): string {
  const { items, leftAlone, lookedAt } = place;
  const list =
    items.length === 0
      ? `No unit was found. Looked at: ${lookedAt.map(printable).join(', ')}`
      : table(
          ['unit', 'stands', 'file'],
          items.map(({ id, standing, why, path }) => [printable(id), standingOf(standing, why), printable(path)]),
        );
  const rest =
    leftAlone === 0 ? [] : [`${counted(leftAlone, 'piece')} of the files left alone: nobody can tell what they are.`];
  return [placeText(place), list, ...rest].join('\n');
}

function standingOf(standing: keyof typeof standingWords, why: string | undefined): string {
  return standingWords[standing] + (why === undefined ? '' : `: ${printable(why)}`);
}

const standingWords: Readonly<Record<PlaceShowBody['items'][number]['standing'], string>> = {
  fresh: 'new: no record of it',
  same: 'as its record',
  different: 'other than its record',
  absent: 'a record, in no file here',
  held: 'kept here',
};
