import type { Command } from 'commander';
import type { DeviceListBody } from '../../../api/types/devices.ts';
import type { PlaceBody, PlaceShowBody } from '../../../api/types/places.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { givingWords } from '../../ground/lacked-authority.ts';
import { counted } from '../../../base/counted.ts';
import { running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { placeList, remarks } from './place-table.ts';

export function placeCommands(program: Command, context: CliContext): void {
  const places = program.command('places').description('files of this workstation whose parts are records');
  places
    .command('ls')
    .description('every place that was found, and what is there')
    .option('--all', 'also what was not found, and where was looked')
    .addHelpText('after', examples('places ls', 'places ls --all             also where was looked in vain'))
    .action(async ({ all = false }: { readonly all?: boolean }, command: Command) => {
      const run = running(context, command);
      const { items } = run.unwrap(await (await run.client()).places());
      run.show({ items }, () => placeList(items, all));
    });
  places
    .command('show <name>')
    .description('each unit of a place, and how it stands to its record')
    .addHelpText('after', examples('places show bash'))
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const place = run.unwrap(await client.place(name));
      const { lackedAuthority } = place;
      const devices = lackedAuthority === null || run.asJson ? { items: [] } : run.unwrap(await client.devices());
      run.show(place, () => [showText(place), ...lackedText(place, devices)].join('\n'));
    });
  places
    .command('on <name>')
    .description('keep a place and its records in step')
    .addHelpText('after', examples('places on bash'))
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).followPlace(name)), placeText);
    });
  places
    .command('off <name>')
    .description('leave files and records as they are and keep them in step no longer')
    .addHelpText('after', examples('places off bash'))
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
          items.map(({ id, standing, why, path }) => [
            printable(id),
            standing === 'fresh' && place.lackedAuthority !== null ? 'stays here' : standingOf(standing, why),
            printable(path),
          ]),
        );
  const rest =
    leftAlone === 0 ? [] : [`${counted(leftAlone, 'piece')} of the files left alone: nobody can tell what they are.`];
  return [placeText(place), list, ...rest].join('\n');
}

function lackedText({ collection, lackedAuthority }: PlaceShowBody, devices: DeviceListBody): readonly string[] {
  return lackedAuthority === null
    ? []
    : [
        `This device may not write to ${collection}, and tells the others nothing new of it. ${givingWords(lackedAuthority, devices)}`,
      ];
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
