import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import type { OwnerReportBody } from '../../../api/types/owners.ts';
import { canonicalText } from '../../../base/canonical-json.ts';
import { isJsonObject } from '../../../base/json.ts';
import { type OwnedItem, type OwnerName, itemsInOrder, ownerFromText } from '../../../contract/owner.ts';
import { type SyncToken, syncTokenFromText } from '../../../contract/sync-token.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { readJson } from '../../ground/read-json.ts';
import { type Running, running } from '../../ground/run-command.ts';

interface PushOptions {
  readonly owner: string;
  readonly token: string;
  readonly previous?: string;
  readonly file: string;
  readonly setVersion?: string;
  readonly execute?: boolean;
}

export function pushCommand(program: Command, context: CliContext): void {
  program
    .command('push <collection>')
    .description('make the records of one owner exactly these')
    .requiredOption('--owner <type:id>', 'app, service or seed, and its name')
    .requiredOption('--token <token>', 'a number that rises with every push, or a text like an ETag')
    .option('--previous <token>', 'the token of the set that this one follows; needed with a text')
    .requiredOption('--file <file>', 'JSON: [{"id", "fields"}…], or - for standard input')
    .option('--set-version <version>', 'the version of the owner, for people')
    .option('--execute', 'also when it deletes or replaces many records at once')
    .addHelpText(
      'after',
      examples(
        'push models --owner app:catalog --token 42 --file models.json',
        'push models --owner app:catalog --token v8 --previous v7 --file - --execute < models.json',
      ),
    )
    .action(async (collection: string, options: PushOptions, command: Command) => {
      const run = running(context, command);
      const owner = ownerFrom(run, options.owner);
      const items = await readItems(run, options.file);
      const pushed = await (await run.client()).pushOwnerSet(collection, owner.type, owner.id, {
        ...(options.setVersion === undefined ? {} : { version: options.setVersion }),
        syncToken: tokenFrom(run, '--token', options.token),
        ...(options.previous === undefined ? {} : { previousToken: tokenFrom(run, '--previous', options.previous) }),
        contentHash: contentHashOf(items),
        items,
        confirm: options.execute === true,
      });
      const isHeld =
        !pushed.ok &&
        pushed.error.kind === 'problem' &&
        pushed.error.problem.reasonCode?.startsWith('manual_review_required') === true;
      if (isHeld && pushed.error.kind === 'problem') {
        run.fail(exitCodes.attention, `${pushed.error.problem.detail} Confirm with: --execute`);
      }
      const report = run.unwrap(pushed);
      run.show(report, wordsOf);
      if (report.status === 'partial') {
        run.fail(exitCodes.attention, '');
      }
    });
}

export function ownerFrom(run: Running, text: string): OwnerName {
  return ownerFromText(text) ?? run.fail(exitCodes.usage, 'An owner is app:NAME, service:NAME or seed:NAME.');
}

function tokenFrom(run: Running, option: string, text: string): SyncToken {
  const token = syncTokenFromText(text);
  return token.ok ? token.value : run.fail(exitCodes.usage, `${option}: ${token.error}`);
}

async function readItems(run: Running, file: string): Promise<readonly OwnedItem[]> {
  const value = await readJson(run, file);
  const items = isJsonObject(value) ? value['items'] : value;
  const isShaped =
    Array.isArray(items) &&
    items.every(
      (item) =>
        isJsonObject(item) &&
        typeof item['id'] === 'string' &&
        isJsonObject(item['fields']) &&
        Object.keys(item).length === 2,
    );
  return isShaped
    ? (items as unknown as readonly OwnedItem[])
    : run.fail(exitCodes.usage, `${file} must hold a JSON array of {"id", "fields"}, and nothing else beside them.`);
}

export function contentHashOf(items: readonly OwnedItem[]): string {
  const text = canonicalText(itemsInOrder(items));
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function wordsOf({ status, upserted, pruned, unchanged, skippedNoOp, foreign, missing }: OwnerReportBody): string {
  const counts = skippedNoOp
    ? `Nothing to do: the set is the active one (${unchanged} records).`
    : `${status}: ${upserted} written, ${pruned} pruned, ${unchanged} unchanged.`;
  return [
    counts,
    ...foreign.map(({ id, managedBy, author }) => `${id} belongs to ${author} (${managedBy}) and was left alone.`),
    ...missing.map(({ id, to, detail }) => `${id} needs ${to}, which ${detail ?? 'is not there'}.`),
  ].join('\n');
}
