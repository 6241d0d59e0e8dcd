import type { Command } from 'commander';
import type { PageBody } from '../../../api/types/bodies.ts';
import type { OwnerStatusBody } from '../../../api/types/owners.ts';
import { ownerText } from '../../../contract/owner.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { ownerFrom } from './push.ts';

export function ownerCommands(program: Command, context: CliContext): void {
  const owners = program.command('owners').description('complete sets of records that programs pushed on this device');

  owners
    .command('ls [collection]')
    .description('every set with its status; exit 3 where one is not synced')
    .addHelpText('after', examples('owners ls', 'owners ls models'))
    .action(async (collection: string | undefined, _options: unknown, command: Command) => {
      const run = running(context, command);
      const items = await everySet(run, collection === undefined ? {} : { collection });
      run.show({ items }, listText);
      leaveUnlessSynced(run, items);
    });

  owners
    .command('show <owner> [collection]')
    .description('what is active of an owner (TYPE:ID), what it lacks, and what became of the last push')
    .addHelpText('after', examples('owners show app:editor', 'owners show app:editor models'))
    .action(async (named: string, collection: string | undefined, _options: unknown, command: Command) => {
      const run = running(context, command);
      const owner = ownerText(ownerFrom(run, named));
      const items = await everySet(run, { owner, ...(collection === undefined ? {} : { collection }) });
      if (items.length === 0) {
        const where = collection === undefined ? '' : ` in ${collection}`;
        run.fail(exitCodes.failed, `No set of ${owner}${where} was pushed on this device. See: sourcesync owners ls`);
      }
      run.show({ items }, () => items.map(setText).join('\n\n'));
      leaveUnlessSynced(run, items);
    });
}

async function everySet(
  run: Running,
  asked: { readonly collection?: string; readonly owner?: string },
): Promise<readonly OwnerStatusBody[]> {
  const client = await run.client();
  const items: OwnerStatusBody[] = [];
  let cursor: string | null = null;
  do {
    const page: PageBody<OwnerStatusBody> = run.unwrap(
      await client.owners(cursor === null ? asked : { ...asked, cursor }),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

function leaveUnlessSynced(run: Running, items: readonly OwnerStatusBody[]): void {
  if (items.some(({ status }) => status !== 'synced')) {
    run.fail(exitCodes.attention, '');
  }
}

function listText({ items }: { readonly items: readonly OwnerStatusBody[] }): string {
  return items.length === 0
    ? 'No program has pushed a set on this device.'
    : table(
        ['collection', 'owner', 'status', 'version', 'token', 'records', 'pushed', 'why'],
        items.map((set) => [
          set.collection,
          `${set.type}:${set.id}`,
          set.status,
          set.version ?? '',
          String(set.syncToken ?? ''),
          String(set.items),
          set.at ?? '',
          set.message ?? '',
        ]),
      );
}

function setText(set: OwnerStatusBody): string {
  const { collection, type, id, status, syncToken, contentHash, items, unsatisfied, foreign, message, at, late } = set;
  const more = unsatisfied.count - unsatisfied.first.length;
  const active =
    syncToken === null
      ? 'nothing of it is active'
      : `active: ${counted(items, 'record')}, token ${syncToken}, version ${set.version ?? 'none'}, ${contentHash}, since ${set.takenAt ?? 'an earlier version'}`;
  return [
    `${type}:${id} in ${collection}: ${status}`,
    active,
    ...(foreign === null || foreign === 0 ? [] : [`${foreign} items belong to somebody else here`]),
    ...unsatisfied.first.map((one) => `${one.id} needs ${one.to}, which ${one.detail ?? 'is not there'}`),
    ...(more > 0 ? [`and ${more} more`] : []),
    late === null
      ? `last push: ${at ?? 'none'}`
      : `last push: ${at ?? ''}, token ${late.syncToken ?? '(not shown)'}, version ${late.version ?? 'none'}, not taken`,
    ...(message === null ? [] : [message]),
    ...(late === null || late.review === null ? [] : [`Decide it: sourcesync reviews show ${late.review}`]),
  ].join('\n');
}
