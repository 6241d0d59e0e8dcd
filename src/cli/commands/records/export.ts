import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExportedCollectionBody, ExportedFileBody, ExportPageBody } from '../../../api/types/export.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type ExportLine, type ExportTrailer, createTally, headerOf } from '../../ground/export-lines.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';
import type { ExportTarget, WrittenExport } from '../../ground/transfer-commands.ts';
import { type Where, parseWhere } from '../../ground/where.ts';

type ExportClient = Pick<Client, 'exportable' | 'exported'>;

interface ExportFlags {
  where?: string;
  out?: string;
}

/** What is exported, and what is left out. */
interface Chosen {
  readonly collections: readonly ExportedCollectionBody[];
  readonly leftOut: readonly { readonly collection: string; readonly reason: string }[];
  readonly where: { readonly text: string | null; readonly holds: Where };
}

interface Exported {
  readonly trailer: ExportTrailer;
  readonly leftOut: Chosen['leftOut'];
  /** Files that stand in the lines alone, and why. */
  readonly unwritten: readonly { readonly collection: string; readonly id: string; readonly reason: string }[];
  readonly damaged: number;
}

const pageSize = 50;

export function exportCommand(program: Command, context: CliContext): void {
  program
    .command('export [collection]')
    .description('live records as JSON Lines with their schemas, and files as files; never secrets of the vault')
    .option('--where <query>', 'only those for which it holds: "kind = task and title ~ lake"')
    .option('--out <path>', 'into a new file, with a folder of files beside it; to standard output without')
    .addHelpText(
      'after',
      examples(
        'export --out everything.jsonl',
        'export notes --out notes.jsonl               files of it in notes.files',
        `export workspace --where 'kind = task and updatedAt >= 2026-01-01' > tasks.jsonl`,
      ),
    )
    .action(async (collection: string | undefined, options: ExportFlags, command: Command) => {
      const run = running(context, command);
      const where = whereFrom(run, options.where);
      const client = await run.client();
      const chosen = { ...(await chosenFrom(run, client, collection)), where };
      const exported =
        options.out === undefined
          ? await toOutput(run, client, chosen)
          : await toFile(run, client, chosen, resolve(options.out));
      if (exported.damaged > 0) {
        run.fail(
          exitCodes.attention,
          `${counted(exported.damaged, 'record')} could not be read and is not in it. See: sourcesync store verify`,
        );
      }
    });
}

function whereFrom(run: Running, text: string | undefined): Chosen['where'] {
  if (text === undefined) {
    return { text: null, holds: () => true };
  }
  const parsed = parseWhere(text);
  return parsed.ok ? { text, holds: parsed.value } : run.fail(exitCodes.usage, parsed.error);
}

async function chosenFrom(
  run: Running,
  client: ExportClient,
  named: string | undefined,
): Promise<Pick<Chosen, 'collections' | 'leftOut'>> {
  const { items } = run.unwrap(await client.exportable());
  const wanted = named === undefined ? items : items.filter(({ collection }) => collection === named);
  const [first] = wanted;
  if (first === undefined) {
    return run.fail(exitCodes.failed, `There is no collection ${named ?? ''} here. See: sourcesync engines ls`);
  }
  if (named !== undefined && first.leftOut !== null) {
    return run.fail(exitCodes.denied, `${named} is not exported: ${first.leftOut}`);
  }
  return {
    collections: wanted.filter(({ leftOut, live }) => leftOut === null && (named !== undefined || live > 0)),
    leftOut: wanted.flatMap(({ collection, leftOut }) => (leftOut === null ? [] : [{ collection, reason: leftOut }])),
  };
}

async function toFile(run: Running, client: ExportClient, chosen: Chosen, out: string): Promise<Exported> {
  let exported: Exported | undefined;
  const written = run.settle(
    await (await run.local.transfer()).write(out, async (target) => {
      exported = await exportTo(run, client, chosen, target);
    }),
  );
  run.show({ ...written, ...(exported as Exported) }, wordsOf);
  return exported as Exported;
}

/** Lines go out as they come, so that a pipe may end early; as one document where --json asks for one. */
async function toOutput(run: Running, client: ExportClient, chosen: Chosen): Promise<Exported> {
  const lines: unknown[] = [];
  const exported = await exportTo(run, client, chosen, {
    line(text) {
      if (run.asJson) {
        lines.push(JSON.parse(text));
      } else {
        run.output.line(text);
      }
    },
    file: () => ({ unfit: 'written to standard output' }),
  });
  if (run.asJson) {
    run.output.json({ header: lines[0], records: lines.slice(1, -1), trailer: exported.trailer });
  } else {
    [...largeWords(exported), ...leftOutWords(exported)].forEach((words) => run.output.note(words));
  }
  return exported;
}

async function exportTo(run: Running, client: ExportClient, chosen: Chosen, target: ExportTarget): Promise<Exported> {
  const { collections, leftOut, where } = chosen;
  const tally = createTally();
  const unwritten: Exported['unwritten'][number][] = [];
  let damaged = 0;
  const header = headerOf({
    ...{ createdAt: new Date().toISOString(), where: where.text, leftOut },
    collections: collections.map(({ collection, engineId, schemaVersion, schema }) => ({
      ...{ collection, engineId, schemaVersion, schema },
    })),
  });
  target.line(tally.line(header));
  for (const { collection, live } of collections) {
    let seen = 0;
    for await (const page of pagesOf(run, client, collection)) {
      damaged += page.damaged;
      seen += page.items.length;
      run.output.progress(`${collection}: ${seen} of ${Math.max(live, seen)} records`);
      for (const { file, ...record } of page.items.filter((one) => where.holds(one))) {
        const placed = file && placeOf(target, collection, record.id, file);
        if (placed !== undefined && 'unfit' in placed) {
          unwritten.push({ collection, id: record.id, reason: placed.unfit });
        }
        const isFile = placed !== undefined && 'file' in placed;
        const line: ExportLine = { collection, ...record, ...(isFile ? { file: placed.file } : {}) };
        target.line(tally.record(line));
      }
    }
  }
  run.output.progress('');
  const trailer = tally.trailer();
  target.line(JSON.stringify({ trailer }));
  return { trailer, leftOut, unwritten, damaged };
}

async function* pagesOf(run: Running, client: ExportClient, collection: string): AsyncGenerator<ExportPageBody> {
  let cursor: string | null = null;
  do {
    const page: ExportPageBody = run.unwrap(
      await client.exported(collection, { limit: pageSize, ...(cursor === null ? {} : { cursor }) }),
    );
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function placeOf(
  target: ExportTarget,
  collection: string,
  id: string,
  { bytes: encoded, executable, symlink }: ExportedFileBody,
): { readonly file: NonNullable<ExportLine['file']> } | { readonly unfit: string } {
  if (symlink) {
    return { unfit: 'it is a symbolic link, which would lead elsewhere' };
  }
  const bytes = Buffer.from(encoded, 'base64');
  const placed = target.file(`${collection}/${id}`, { bytes, executable });
  return 'unfit' in placed
    ? placed
    : { file: { path: placed.path, sha256: createHash('sha256').update(bytes).digest('hex') } };
}

function wordsOf(report: WrittenExport & Exported): string {
  const { out, files, trailer } = report;
  const records = Object.entries(trailer.records).map(([collection, count]) => `${count} of ${collection}`);
  const total = Object.values(trailer.records).reduce((sum, count) => sum + count, 0);
  return [
    `${printable(out)} is written and was read back: ${counted(total, 'record')}${records.length > 0 ? ` (${records.join(', ')})` : ''}.`,
    ...(files === null ? [] : [`${counted(trailer.files, 'file')} of them as files in ${printable(files)}.`]),
    ...largeWords(report),
    ...leftOutWords(report),
    ...report.unwritten
      .slice(0, mostNamed)
      .map(({ collection, id, reason }) => `${collection}/${id} is in the lines alone: ${reason}.`),
    ...(report.unwritten.length > mostNamed ? [`and ${report.unwritten.length - mostNamed} more`] : []),
  ].join('\n');
}

const mostNamed = 5;

function largeWords({ trailer: { leftOut } }: Pick<Exported, 'trailer'>): readonly string[] {
  return leftOut === 0
    ? []
    : [
        `${counted(leftOut, 'large file')} ${leftOut === 1 ? 'is' : 'are'} not in it, only the lists of their chunks: their bytes are in the linked folder (sourcesync link ls). Copy it as well.`,
      ];
}

function leftOutWords({ leftOut }: Pick<Exported, 'leftOut'>): readonly string[] {
  return leftOut.map(({ collection, reason }) => `${collection} is left out: ${reason}`);
}
