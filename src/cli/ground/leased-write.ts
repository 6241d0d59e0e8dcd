import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { JsonObject } from '../../base/json.ts';
import type { RecordBody } from '../../api/types/bodies.ts';
import type { Client } from '../../client/client.ts';
import type { LeaseToPresent } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** Files with which a write is made in the name of an agent. */
export interface LeaseOptions {
  readonly lease?: string;
  readonly agentKey?: string;
}

export function leaseOptions(command: Command): Command {
  return command
    .option('--lease <file>', 'write as the agent that this lease was granted to')
    .option('--agent-key <file>', 'file with the secret key of the agent, which signs this one use');
}

export function isLeased({ lease, agentKey }: LeaseOptions): boolean {
  return lease !== undefined || agentKey !== undefined;
}

/** Writes under a lease: reads what a patch is of, has the use signed here, and sends the whole record. */
export async function writeUnderLease(
  run: Running,
  client: Pick<Client, 'record' | 'putRecord' | 'removeRecord'>,
  place: { readonly collection: string; readonly id: string },
  wanted: Exclude<LeaseToPresent['write'], { kind: 'patch' }> | { readonly kind: 'patch'; readonly patch: JsonObject },
  options: LeaseOptions & { readonly ifVersion?: string },
): Promise<RecordBody> {
  const { collection, id } = place;
  if (options.lease === undefined || options.agentKey === undefined) {
    return run.fail(exitCodes.usage, '--lease and --agent-key go together: the lease, and the key that signs its use.');
  }
  const read = wanted.kind === 'patch' ? run.unwrap(await client.record(collection, id)) : undefined;
  const write =
    wanted.kind === 'patch' ? { kind: wanted.kind, patch: wanted.patch, current: read?.fields ?? null } : wanted;
  const { fields, header } = run.settle(
    await run.local.presentLease({
      ...{ collection, id, write },
      lease: await textOf(run, options.lease),
      agentKey: await textOf(run, options.agentKey),
    }),
  );
  const version = options.ifVersion ?? read?.version ?? undefined;
  return run.unwrap(
    fields === null
      ? await client.removeRecord(collection, id, header)
      : await client.putRecord(collection, id, fields, version, header),
  );
}

/** Ends the command with the code for attention where the write waits for a person; its document was shown before. */
export function leaveIfWaiting(run: Running, { waits }: RecordBody): void {
  if (waits !== undefined) {
    run.fail(exitCodes.attention, run.asJson ? '' : waits.message);
  }
}

async function textOf(run: Running, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
}
