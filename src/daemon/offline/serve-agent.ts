import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Result, err, ok } from '../../base/result.ts';
import type { AgentFiles, HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createClient } from '../../client/client.ts';
import { serveAgent } from '../../mcp/serve.ts';
import { readToken } from '../keys/api-token.ts';
import { presentLease } from '../keys/present-lease.ts';

const timeoutMs = 20_000;
const longestFileBytes = 1024 * 1024;

/**
 * Serves an agent of this home. The token and the key of the person are not read: without a token of its own the agent has
 * none, and nothing that it brings is signed with anything but its own key.
 */
export async function serveAgentOf(
  paths: HomePaths,
  environment: NodeJS.ProcessEnv,
  flags: AgentFiles,
  version: string,
): Promise<CommandFault | undefined> {
  const files: AgentFiles = {
    token: flags.token ?? environment['SOURCESYNC_CLIENT_TOKEN_FILE'],
    lease: flags.lease ?? environment['SOURCESYNC_LEASE_FILE'],
    agentKey: flags.agentKey ?? environment['SOURCESYNC_AGENT_KEY_FILE'],
  };
  if (files.token !== undefined && isSameFile(files.token, paths.token)) {
    const message = `${files.token} is the token of this home, which may do everything: no agent works with it. Make one of its own with: sourcesync clients add`;
    return { exitCode: exitCodes.denied, message };
  }
  const ports = {
    ...{
      files,
      version,
      readText,
      presentLease: async (request: Parameters<typeof presentLease>[0]) => presentLease(request),
    },
    connect: (token: string | null) => createClient({ socketPath: paths.socket, token: token ?? 'none', timeoutMs }),
    readToken: async (path: string) => tokenIn(path),
    note: (line: string) => void process.stderr.write(`${line}\n`),
  };
  await serveAgent(ports, process.stdin, process.stdout);
  return undefined;
}

function tokenIn(path: string): Result<string, string> {
  const read = readToken(path);
  switch (read.kind) {
    case 'whole':
      return ok(read.token);
    case 'lost':
      return err(`${path} holds no token.`);
    case 'unreadable':
      return err(read.message);
  }
}

async function readText(path: string): Promise<Result<string, string>> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > longestFileBytes ? err(`${path} is too long to be that file.`) : ok(text);
  } catch (cause) {
    return err(`${path} cannot be read: ${(cause as Error).message}.`);
  }
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
