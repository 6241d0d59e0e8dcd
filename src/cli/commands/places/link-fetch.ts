import { setTimeout as pause } from 'node:timers/promises';
import type { LinkFetchBody } from '../../../api/types/links.ts';
import type { Client } from '../../../client/client.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import type { Running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';
import { withProgress } from '../../ground/with-progress.ts';

type FetchClient = Pick<Client, 'fetchLink' | 'showLink'>;

const lookEveryMs = 500;

/** Puts a file before all others that are on their way, and ends once it is here, or once it is known why it does not come. */
export async function fetchOne(run: Running, client: FetchClient, path: string): Promise<void> {
  let said = run.unwrap(await client.fetchLink(path));
  if (said.state === 'moving') {
    const seen = { message: said.message };
    const look = async (): Promise<string> => `${printable(path)}: ${printable(seen.message ?? '')}`;
    said = await withProgress(run.output, look, arrived(run, client, said, seen));
  }
  if (said.state !== 'here') {
    run.fail(exitCodes.failed, `${printable(path)} is not in step. ${printable(said.message ?? '')}`);
  }
  run.show(said, () => `${printable(path)} is here, and in step.`);
}

async function arrived(
  run: Running,
  client: FetchClient,
  { root, path }: LinkFetchBody,
  seen: { message: string | null },
): Promise<LinkFetchBody> {
  for (;;) {
    await pause(lookEveryMs);
    const { problems, pausedReason } = run.unwrap(await client.showLink(root));
    const problem = problems.find((one) => one.path === path && one.isOutOfStep);
    const why = pausedReason ?? problem?.message ?? null;
    if (why !== null && (pausedReason !== null || problem?.code !== 'large_moving')) {
      return { root, path, state: 'apart', message: why };
    }
    seen.message = why;
    // Only what seems to be there is asked for again: to ask tries again what failed, and there would be no end to it.
    const asked = why === null ? run.unwrap(await client.fetchLink(`${root}/${path}`)) : undefined;
    if (asked !== undefined && asked.state !== 'moving') {
      return asked;
    }
  }
}
