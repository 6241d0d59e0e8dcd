import type { Command } from 'commander';
import type { PlaceBody, PlaceShowBody } from '../../../api/types/places.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { counted } from '../../ground/quantity.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { fullId } from './engines.ts';

interface SetupOptions {
  readonly yes?: boolean;
  readonly engines?: readonly string[];
}

export function placeCommands(program: Command, context: CliContext): void {
  program
    .command('setup')
    .description('find where this workstation keeps what can be kept in step, show it, and follow it with --yes')
    .option('--yes', 'follow every place that was found')
    .option('--engines <engine...>', 'only places of these engines')
    .addHelpText('after', setupHelp)
    .action(async ({ yes, engines }: SetupOptions, command: Command) => {
      const run = running(context, command);
      const all = await placesOf(run);
      const found = all.filter(isOf(engines));
      const unknown = engines?.filter((name) => !all.some(isOf([name]))) ?? [];
      if (unknown.length > 0) {
        const names = [...new Set(all.map(({ collection }) => collection))].sort().join(', ');
        run.fail(exitCodes.usage, `No engine with places is called ${unknown.join(' or ')}. There are: ${names}`);
      }
      if (yes === true) {
        await followAll(run, found);
      } else {
        run.show({ items: found }, () => setupText(found));
      }
    });

  const places = program.command('places').description('files of this workstation whose parts are records');
  places
    .command('ls')
    .description('every place that can be followed, and what was found there')
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const items = await placesOf(run);
      run.show({ items }, () => [placeTable(items), ...items.flatMap(remarks)].join('\n'));
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

const setupHelp = `
Examples:
  sourcesync setup                     what would be followed; changes nothing
  sourcesync setup --yes               follow all of it
  sourcesync setup --yes --engines shell
  sourcesync places show bash          each alias, function and setting, and how it stands
  sourcesync places off bash           no longer

What another device changes waits for you: sourcesync reviews ls. Before a file is changed, what it held is kept in the
state folder (place-copies).`;

async function placesOf(run: Running): Promise<readonly PlaceBody[]> {
  return run.unwrap(await (await run.client()).places()).items;
}

/** Engines by their names, or by what they keep in step: not every name says that. */
function isOf(engines: readonly string[] | undefined): (place: PlaceBody) => boolean {
  const wanted = engines?.flatMap((name) => [name, fullId(name)]);
  return ({ engineId, collection }) => wanted?.some((name) => name === engineId || name === collection) !== false;
}

/** Again is harmless: what is followed already stays so. */
async function followAll(run: Running, found: readonly PlaceBody[]): Promise<void> {
  const client = await run.client();
  const items: PlaceBody[] = [];
  for (const place of found) {
    items.push(isFound(place) && !place.on ? run.unwrap(await client.followPlace(place.name)) : place);
  }
  run.show({ items }, () => [placeTable(items), ...items.flatMap(remarks)].join('\n'));
}

/** Its files are here, or what other devices have of it could be. */
function isFound({ files, units }: PlaceBody): boolean {
  return files.length > 0 || units.absent > 0;
}

function setupText(items: readonly PlaceBody[]): string {
  const isNew = items.some((place) => isFound(place) && !place.on);
  const next = isNew
    ? 'Nothing was changed. To follow what was found: sourcesync setup --yes'
    : 'There is nothing more to follow.';
  return [placeTable(items), ...items.flatMap(remarks), '', next].join('\n');
}

function placeTable(items: readonly PlaceBody[]): string {
  return table(
    ['place', 'collection', 'followed', 'units', 'new', 'same', 'different', 'left alone', 'files'],
    items.map(({ name, collection, on, units, leftAlone, files, lookedAt }) => [
      name,
      collection,
      on ? 'yes' : 'no',
      ...[units.total, units.fresh, units.same, units.different, leftAlone].map(String),
      files.length === 0 ? `nothing at ${printable(lookedAt[0] ?? '')}` : files.map(printable).join(', '),
    ]),
  );
}

function remarks({ name, obstacles, missingLine, onlyRead, units }: PlaceBody): readonly string[] {
  return [
    ...(onlyRead === null || units.absent + units.different === 0
      ? []
      : [`  ${printable(name)} is only read here. ${printable(onlyRead)}`]),
    ...obstacles.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}`),
    ...(missingLine === null
      ? []
      : [
          `  ${printable(missingLine.path)} does not read yet what other devices add. Add this line: ${missingLine.line}`,
        ]),
  ];
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
