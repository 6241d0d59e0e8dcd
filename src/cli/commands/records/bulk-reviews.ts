import { asShellWord } from '../../../base/shell-word.ts';
import { type Command, Option } from 'commander';
import type { BulkFilter, BulkPreviewBody } from '../../../api/types/reviews.ts';
import { agentUrn } from '../../../contract/agent.ts';
import type { ReviewKind } from '../../../contract/review.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { counted } from '../../../base/counted.ts';
import type { Running } from '../../ground/run-command.ts';
import { printable, table } from '../../ground/table.ts';
import { type Names, namesOf } from '../../review/names.ts';
import { collectionOf } from './collection-of.ts';

export interface BulkOptions {
  readonly all?: boolean;
  readonly engine?: string;
  readonly author?: string;
  readonly device?: string;
  readonly kind?: ReviewKind;
  readonly reason?: string;
  readonly execute?: boolean;
}

const kinds: readonly ReviewKind[] = ['proposal', 'conflict', 'brake', 'approval'];

export function bulkOptions(command: Command): Command {
  return command
    .option('--all', 'every open item of an engine: shows what that is, and does it with --execute')
    .option('--engine <id>', 'with --all')
    .option('--author <who>', 'with --all: only what they wrote; "me", the name of an agent, or an id')
    .option('--device <device>', 'with --all: only from this device, by its label or id')
    .addOption(new Option('--kind <kind>', 'with --all: only of this kind').choices(kinds))
    .option('--reason <code>', 'with --all: only for this reason')
    .option('--execute', 'with --all: do it');
}

export async function decideAll(
  run: Running,
  options: BulkOptions,
  decision: 'accept' | 'reject',
  id: string | undefined,
): Promise<void> {
  const { engine, execute } = options;
  if (id !== undefined) {
    return run.fail(exitCodes.usage, `Name ${id}, or say --all: not both.`);
  }
  if (engine === undefined) {
    return run.fail(exitCodes.usage, '--all needs --engine ID: one engine at a time.');
  }
  const client = await run.client();
  const collection = await collectionOf(run, engine);
  const devices = run.unwrap(await client.devices());
  const only = filterOf(run, options, devices);
  if (execute !== true) {
    const command = ['sourcesync reviews', decision, '--all', ...optionWords(options), '--execute'].join(' ');
    run.show(run.unwrap(await client.previewAll(collection, decision, only)), (preview) =>
      previewText(preview, namesOf(devices), command),
    );
    return;
  }
  const result = run.unwrap(await client.decideAll(collection, decision, only));
  run.show(result, ({ decided, failed }) =>
    [`${decided} decided.`, ...failed.map((item) => `${item.id}: ${printable(item.message)}`)].join('\n'),
  );
  if (result.failed.length > 0) {
    run.fail(exitCodes.failed, '');
  }
}

function filterOf(
  run: Running,
  { author, device, kind, reason }: BulkOptions,
  { items }: Parameters<typeof namesOf>[0],
): BulkFilter {
  const named = items.filter(({ deviceId, label }) => deviceId === device || label === device);
  if (device !== undefined && named.length !== 1) {
    return run.fail(
      exitCodes.usage,
      named.length === 0
        ? `No device is called ${device}. See: sourcesync devices ls`
        : `${counted(named.length, 'device')} are called ${device}. Name one by its id: sourcesync devices ls`,
    );
  }
  const [one] = named;
  const self = items.find((item) => item.self);
  const isId = author?.startsWith('urn:') === true;
  const authorId = author === 'me' ? self?.userId : author === undefined || isId ? author : agentUrn(author);
  return {
    ...(authorId === undefined ? {} : { author: authorId }),
    ...(one === undefined ? {} : { deviceId: one.deviceId }),
    ...(kind === undefined ? {} : { kind }),
    ...(reason === undefined ? {} : { reasonCode: reason }),
  };
}

/** The options as they were given, for a shell. */
function optionWords({ engine, author, device, kind, reason }: BulkOptions): readonly string[] {
  return Object.entries({ engine, author, device, kind, reason }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, asShellWord(value)],
  );
}

function previewText({ total, groups, first }: BulkPreviewBody, names: Names, command: string): string {
  if (total === 0) {
    return 'Nothing waits for review there.';
  }
  return [
    table(
      ['items', 'engine', 'kind', 'reason', 'from'],
      groups.map(({ count, engineId, kind, reasonCode, deviceId }) => [
        String(count),
        engineId,
        kind,
        reasonCode,
        names.device(deviceId),
      ]),
    ),
    '',
    ...first.map(({ id, recordId, summary }) => `${id}  ${printable(recordId)}  ${printable(names.inWords(summary))}`),
    ...(total > first.length ? [`... and ${total - first.length} more`] : []),
    '',
    `Nothing was decided. To decide about ${total === 1 ? 'it' : `all ${total}`}: ${command}`,
  ].join('\n');
}
