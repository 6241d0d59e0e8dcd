import { existsSync } from 'node:fs';
import { type Result, err, ok } from '../../base/result.ts';
import type { ClientFault } from '../../client/call.ts';
import { type Client, createClient } from '../../client/client.ts';
import { homePaths } from '../ground/home.ts';
import { readToken } from '../keys/api-token.ts';

export type { Result } from '../../base/result.ts';
export type { CallToSeal } from '../../client/call.ts';
export { type Answer, type Client, type ClientFault, type ClientOptions, createClient } from '../../client/client.ts';

export interface ConnectOptions {
  /** Folder of a home, as `--home` takes it. Unless told: `SOURCESYNC_HOME`, then the places of the platform. */
  readonly home?: string;
  /** The token of a client of its own (`sourcesync clients add`). Unless told: that of the home, which may do everything. */
  readonly token?: string;
  /** Give up on a call after this; 60 seconds unless told. */
  readonly timeoutMs?: number;
}

/**
 * A client of the daemon of a home; nothing is asked yet. In words why there is none, where the home was not set up, or its
 * token cannot be read. Privileged calls are not signed: they are a person's, by the command line or the page.
 */
export async function connect({ home, token, timeoutMs }: ConnectOptions = {}): Promise<Result<Client, ClientFault>> {
  const paths = homePaths(home ?? process.env['SOURCESYNC_HOME'], process.env);
  const read = readToken(paths.token);
  const own = token ?? (read.kind === 'whole' ? read.token : '');
  if (own === '' || !existsSync(paths.socket)) {
    const fault = (await import('./no-client.ts')).noClient(paths, read);
    if (fault !== undefined) {
      return err({ kind: 'unreachable', message: fault.message, isNobody: true });
    }
  }
  return ok(createClient({ socketPath: paths.socket, token: own, ...(timeoutMs === undefined ? {} : { timeoutMs }) }));
}
