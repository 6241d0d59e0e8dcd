import type { Command } from 'commander';
import type { PlaceBody } from '../../../api/types/places.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { givingWords } from '../../ground/lacked-authority.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';
import { isFound, placeList } from './place-table.ts';

interface SetupOptions {
  readonly yes?: boolean;
  readonly engines?: readonly string[];
  readonly all?: boolean;
}

type Asked = Pick<Client, 'followPlace' | 'reviews' | 'devices'>;

/** Under --json as well. */
interface SetupBody {
  readonly items: readonly PlaceBody[];
  /** Names of those that are followed from now on. */
  readonly followed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

export function setupCommand(program: Command, context: CliContext): void {
  program
    .command('setup')
    .description('find where this workstation keeps what can be kept in step, show it, and follow it with --yes')
    .option('--yes', 'follow every place that was found')
    .option('--engines <engine...>', 'only places of these engines, by id, short id or collection')
    .option('--all', 'show also what was not found, and where was looked')
    .addHelpText('after', setupHelp)
    .action(async ({ yes = false, engines, all = false }: SetupOptions, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const places = chosen(run, run.unwrap(await client.places()).items, engines);
      const body = yes ? await followAll(run, client, places) : planOf(places);
      const next = run.asJson
        ? []
        : [...(await lackedWords(client, body)), ...(yes ? await afterwards(client, body) : planWords(body))];
      run.show(body, ({ items }) => [placeList(items, all), '', ...next].join('\n'));
      if (body.failed.length > 0) {
        run.fail(exitCodes.failed, failedText(body));
      }
    });
}

const setupHelp = `
Examples:
  sourcesync setup                     what would be followed; changes nothing
  sourcesync setup --yes               follow all of it; again it does nothing more
  sourcesync setup --yes --engines shell agents
  sourcesync setup --all               also what was not found, and where was looked
  sourcesync places show bash          each alias, function and setting, and how it stands
  sourcesync places off bash           no longer

Columns: new are units that no record speaks of yet, same are as their record, differ are other than it; kept are the
pieces that are left alone and never leave this machine. A place of access "read" is never written.

What another device changes waits for you: sourcesync review. Before a file is changed, what it held is kept in the
state folder (place-copies). A place that fails does not keep the others from it; the exit code is 1 then.`;

function namesOf({ engineId, collection }: PlaceBody): readonly string[] {
  return [...new Set([engineId.replace(/^.*\.sync\./, ''), collection, engineId])];
}

/** Those of the engines that were asked for; leaves where one is called otherwise. */
function chosen(
  run: Running,
  places: readonly PlaceBody[],
  engines: readonly string[] | undefined,
): readonly PlaceBody[] {
  const unknown = engines?.filter((name) => !places.some((place) => namesOf(place).includes(name))) ?? [];
  if (unknown.length > 0) {
    const known = [...new Set(places.map((place) => namesOf(place).slice(0, -1).join(' or ')))];
    run.fail(exitCodes.usage, `No engine with places is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  }
  return places.filter((place) => engines?.some((name) => namesOf(place).includes(name)) !== false);
}

function planOf(items: readonly PlaceBody[]): SetupBody {
  return { items, followed: [], failed: unread(items) };
}

function unread(items: readonly PlaceBody[]): SetupBody['failed'] {
  return items.flatMap(({ name, failure }) => (failure === null ? [] : [{ name, message: failure }]));
}

/** Again is harmless: what is followed already stays so. */
async function followAll(run: Running, client: Asked, places: readonly PlaceBody[]): Promise<SetupBody> {
  const items: PlaceBody[] = [];
  const followed: string[] = [];
  const failed: SetupBody['failed'][number][] = [...unread(places)];
  for (const place of places) {
    const answer =
      place.on || place.failure !== null || !isFound(place) ? undefined : await client.followPlace(place.name);
    if (answer?.ok === true) {
      followed.push(place.name);
    } else if (answer?.error.kind === 'unreachable') {
      // The others would not be answered either.
      run.unwrap(answer);
    } else if (answer?.error.kind === 'problem') {
      failed.push({ name: place.name, message: answer.error.problem.detail });
    }
    items.push(answer?.ok === true ? answer.value : place);
  }
  return { items, followed, failed };
}

/** Once for each collection of which something was found here, and this device may not write to. */
async function lackedWords(client: Asked, { items }: SetupBody): Promise<readonly string[]> {
  const lacked = new Map(
    items.flatMap((place) =>
      place.lackedAuthority === null || !isFound(place) ? [] : [[place.collection, place.lackedAuthority] as const],
    ),
  );
  const answer = lacked.size === 0 ? undefined : await client.devices();
  const devices = answer?.ok === true ? answer.value : { items: [] };
  return [...lacked].map(
    ([collection, one]) =>
      `This device may not write to ${collection}: what is new, edited or removed in its places stays in your files here and reaches no other device. What the others have arrives as ever, and is decided on devices that may. To change that, and what was kept here goes on by itself: ${givingWords(one, devices)}`,
  );
}

function planWords({ items, failed }: SetupBody): readonly string[] {
  const isNew = items.some((place) => isFound(place) && !place.on && place.failure === null);
  return [
    ...failedLines(failed),
    isNew
      ? 'Nothing was changed. To follow what was found: sourcesync setup --yes'
      : 'There is nothing more to follow.',
  ];
}

/** What happens from here on. */
async function afterwards(client: Asked, { items, followed, failed }: SetupBody): Promise<readonly string[]> {
  const before = items.filter(({ on, name }) => on && !followed.includes(name)).length;
  const already = before === 0 ? '' : ` ${counted(before, 'place was', 'places were')} followed already.`;
  return [
    ...failedLines(failed),
    followed.length === 0
      ? `Nothing new to follow.${already}`
      : `Newly followed: ${followed.map(printable).join(', ')}.${already}`,
    ...goingOut(items.filter((place) => place.on && isFound(place))),
    await waitingLine(client),
    'Each unit of a place: sourcesync places show NAME. No longer: sourcesync places off NAME',
  ];
}

/** Only of what may go: that the rest stays is said above. */
function goingOut(followed: readonly PlaceBody[]): readonly string[] {
  const staying = new Set(
    followed.filter(({ lackedAuthority }) => lackedAuthority !== null).map(({ collection }) => collection),
  );
  if (followed.length > 0 && followed.every(({ collection }) => staying.has(collection))) {
    return ['Nothing that you change here goes to your other devices, as said above.'];
  }
  const but = staying.size === 0 ? '' : `, but for ${[...staying].map(printable).join(', ')}, as said above`;
  return [
    `What is new here goes to your other devices${but}. What they have or change waits for you, unless its engine says otherwise.`,
  ];
}

const mostCounted = 200;

async function waitingLine(client: Asked): Promise<string> {
  const reviews = await client.reviews({ limit: mostCounted });
  const see = 'Go through them: sourcesync review';
  if (!reviews.ok) {
    return see;
  }
  const { items, nextCursor } = reviews.value;
  const count = `${nextCursor === null ? '' : 'more than '}${items.length}`;
  return items.length === 0 ? 'Nothing waits for you now.' : `Waiting for you now: ${count}. ${see}`;
}

function failedLines(failed: SetupBody['failed']): readonly string[] {
  return failed.map(({ name, message }) => `Failed: ${printable(name)}. ${printable(message)}`);
}

function failedText({ failed }: SetupBody): string {
  const names = failed.map(({ name }) => name).join(', ');
  return `${counted(failed.length, 'place')} could not be read or followed: ${names}. The others are not touched by it.`;
}
