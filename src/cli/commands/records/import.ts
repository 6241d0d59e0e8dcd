import type { Command } from 'commander';
import type { OwnerReportBody } from '../../../api/types/owners.ts';
import type { RecordBody } from '../../../api/types/bodies.ts';
import { canonicalText } from '../../../base/canonical-json.ts';
import { asShellWord } from '../../../base/shell-word.ts';
import type { Client } from '../../../client/client.ts';
import { type OwnedItem, type OwnerName, ownerFromText, ownerText, ownerUrn } from '../../../contract/owner.ts';
import type { SyncToken } from '../../../contract/sync-token.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type ReadExport, readExport } from '../../ground/export-lines.ts';
import { counted } from '../../../base/counted.ts';
import { contentName, readContent } from '../../ground/read-content.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { contentHashOf } from './push.ts';

type ImportClient = Pick<Client, 'records' | 'ownerStatus' | 'pushOwnerSet'>;

interface ImportFlags {
  owner: string;
  execute?: boolean;
}

/** Nobody but daemons writes there; an export of everything has it for whoever reads it. */
const ofDaemons = 'audit';

interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Records of this owner that the file does not have. */
  readonly removed: number;
  /** Records of somebody else under the same id, which are left alone. */
  readonly foreign: number;
}

/** What an import does, or did, to one collection. */
interface CollectionPlan {
  readonly collection: string;
  readonly records: number;
  readonly counts: Counts;
  /** Null for a plan, and where it was not taken. */
  readonly report: OwnerReportBody | null;
  /** Why it cannot be taken; null where it can. */
  readonly refused: string | null;
}

export function importCommand(program: Command, context: CliContext): void {
  program
    .command('import <file>')
    .description('make the records of an export those of one owner here; without --execute it says what it would do')
    .requiredOption('--owner <name>', 'whose they are from then on: a name, or app:NAME, service:NAME, seed:NAME')
    .option('--execute', 'do what the plan says')
    .addHelpText(
      'after',
      examples(
        'import notes.jsonl --owner old-desk                says what it would do',
        'import notes.jsonl --owner old-desk --execute',
      ),
    )
    .action(async (file: string, options: ImportFlags, command: Command) => {
      const run = running(context, command);
      const owner = ownerOf(run, options.owner);
      const read = readExport(await readContent(run, file));
      const { records } = read.ok
        ? read.value
        : run.fail(exitCodes.failed, `${contentName(file)}: ${read.error} Nothing was changed.`);
      const client = await run.client();
      const execute = options.execute === true;
      const collections: CollectionPlan[] = [];
      const taken = records.filter(({ collection }) => collection !== ofDaemons);
      for (const [collection, items] of byCollection(taken)) {
        run.output.progress(`${collection}: ${counted(items.length, 'record')}`);
        const plan = await planOf(client, owner, collection, items);
        collections.push(execute && plan.refused === null ? await carriedOut(client, owner, plan, items) : plan);
      }
      run.output.progress('');
      const leftOut = records.length - taken.length;
      const largeFiles = taken.filter(({ isLarge }) => isLarge).length;
      run.show({ executed: execute, owner: ownerText(owner), collections, leftOut, largeFiles }, () =>
        [
          wordsOf(collections, execute, `import ${asShellWord(file)} --owner ${options.owner}`),
          ...(leftOut === 0
            ? []
            : [
                `${counted(leftOut, 'record')} of ${ofDaemons} ${leftOut === 1 ? 'is' : 'are'} left out: what daemons noted stays theirs.`,
              ]),
          ...largeWords(largeFiles),
        ].join('\n'),
      );
      if (collections.some(({ refused }) => refused !== null)) {
        run.fail(exitCodes.failed, 'Not everything can be taken: see above.');
      }
      if (collections.some(({ report }) => report?.status === 'partial')) {
        run.fail(exitCodes.attention, '');
      }
    });
}

function ownerOf(run: Running, text: string): OwnerName {
  return (
    ownerFromText(text.includes(':') ? text : `app:${text}`) ??
    run.fail(exitCodes.usage, 'An owner is a name of letters, digits and - _ . or app:NAME, service:NAME, seed:NAME.')
  );
}

function byCollection(records: ReadExport['records']): ReadonlyMap<string, readonly OwnedItem[]> {
  const items = new Map<string, OwnedItem[]>();
  for (const { collection, id, fields } of records) {
    const known = items.get(collection) ?? [];
    known.push({ id, fields });
    items.set(collection, known);
  }
  return items;
}

async function planOf(
  client: ImportClient,
  owner: OwnerName,
  collection: string,
  items: readonly OwnedItem[],
): Promise<CollectionPlan> {
  const here = tooLarge(items) ?? (await recordsHere(client, collection));
  if (typeof here === 'string') {
    const counts = { added: 0, changed: 0, unchanged: 0, removed: 0, foreign: 0 };
    return { collection, records: items.length, counts, report: null, refused: here };
  }
  const urn = ownerUrn(owner);
  const counts = { added: 0, changed: 0, unchanged: 0, foreign: 0 };
  for (const { id, fields } of items) {
    const now = here.get(id);
    if (now === undefined) {
      counts.added += 1;
    } else if (now.author !== urn) {
      counts.foreign += 1;
    } else if (canonicalText(now.fields) === canonicalText(fields)) {
      counts.unchanged += 1;
    } else {
      counts.changed += 1;
    }
  }
  const named = new Set(items.map(({ id }) => id));
  const removed = [...here.values()].filter(({ id, author }) => author === urn && !named.has(id)).length;
  return { collection, records: items.length, counts: { ...counts, removed }, report: null, refused: null };
}

/** Live records by id, or why there are none to be had. */
async function recordsHere(
  client: ImportClient,
  collection: string,
): Promise<ReadonlyMap<string, RecordBody> | string> {
  const here = new Map<string, RecordBody>();
  let cursor: string | null = null;
  do {
    const page = await client.records(collection, { limit: 1000, ...(cursor === null ? {} : { cursor }) });
    if (!page.ok) {
      return page.error.kind === 'problem' ? page.error.problem.detail : page.error.message;
    }
    page.value.items.forEach((record) => here.set(record.id, record));
    cursor = page.value.nextCursor;
  } while (cursor !== null);
  return here;
}

/** One transaction: all of a collection, or nothing of it. */
async function carriedOut(
  client: ImportClient,
  { type, id }: OwnerName,
  plan: CollectionPlan,
  items: readonly OwnedItem[],
): Promise<CollectionPlan> {
  const status = await client.ownerStatus(plan.collection, type, id);
  const active = status.ok ? status.value.syncToken : null;
  const pushed = await client.pushOwnerSet(plan.collection, type, id, {
    ...nextToken(active, Date.now()),
    contentHash: contentHashOf(items),
    items,
    // The plan has said what goes.
    confirm: true,
  });
  if (pushed.ok) {
    return { ...plan, report: pushed.value };
  }
  const { error } = pushed;
  return { ...plan, refused: error.kind === 'problem' ? error.problem.detail : error.message };
}

/** One that follows the active one: the time in milliseconds, or a text where the owner's tokens are texts. */
function nextToken(
  active: SyncToken | null,
  nowMs: number,
): { readonly syncToken: SyncToken; readonly previousToken?: SyncToken } {
  return typeof active === 'string'
    ? { syncToken: `import-${nowMs}`, previousToken: active }
    : { syncToken: Math.max(nowMs, (active ?? 0) + 1) };
}

function largeWords(count: number): readonly string[] {
  return count === 0
    ? []
    : [
        `${counted(count, 'record')} of it ${count === 1 ? 'is a large file' : 'are large files'} whose bytes are not in it, only the lists of their chunks. Where no relay of this workspace keeps those, copy the files into a linked folder here.`,
      ];
}

const mostItems = 10_000;
const mostBytes = 15 * 1024 * 1024;

/** Why a set is too large for one owner, in words; undefined where it is not. */
function tooLarge(items: readonly OwnedItem[]): string | undefined {
  return items.length > mostItems || Buffer.byteLength(JSON.stringify(items)) > mostBytes
    ? `${counted(items.length, 'record')} are more than the set of one owner takes (10,000 records, 15 MiB). Export them in parts (--where), and import each for an owner of its own.`
    : undefined;
}

function wordsOf(collections: readonly CollectionPlan[], executed: boolean, line: string): string {
  if (collections.length === 0) {
    return 'There is no record in it.';
  }
  return [
    table(
      ['collection', 'records', 'new', 'changed', 'as they are', 'gone', "others'", ''],
      collections.map(({ collection, records, counts, report, refused }) => [
        collection,
        ...[records, counts.added, counts.changed, counts.unchanged, counts.removed, counts.foreign].map(String),
        refused === null ? (report?.status ?? '') : 'REFUSED',
      ]),
    ),
    ...collections.flatMap(({ collection, counts: { foreign }, refused }) => [
      ...(refused === null ? [] : [`${printable(collection)}: ${refused}`]),
      ...(foreign === 0
        ? []
        : [
            `${printable(collection)}: ${counted(foreign, 'record')} of other writers here under the same name, left as it is here.`,
          ]),
    ]),
    ...(executed ? [] : ['', `Nothing was changed. Do it with: sourcesync ${line} --execute`]),
  ].join('\n');
}
