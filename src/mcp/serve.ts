import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { createAgentServer } from './create-server.ts';
import { exactLines } from './exact-lines.ts';
import { longestLineBytes } from './limits.ts';
import type { AgentPorts } from './ports.ts';
import { createTurns } from './turns.ts';

/** Serves one agent until its input ends. Nothing but messages of the protocol goes to the output. */
export async function serveAgent(ports: AgentPorts, input: Readable, output: Writable): Promise<void> {
  const lines = exactLines((answer) => output.write(`${JSON.stringify(answer)}\n`));
  const ended = new Promise<void>((resolve) => {
    lines.once('close', resolve);
  });
  const turns = createTurns();
  const opened = { ids: new Set<string>() };
  const handle = serveStdio(() => createAgentServer(ports, turns, opened), {
    transport: new StdioServerTransport(lines, output, { maxBufferSize: 2 * longestLineBytes }),
    onerror: (error) => {
      ports.note(`A message was not taken: ${error.message.slice(0, 500)}`);
    },
  });
  input.once('error', () => lines.destroy());
  input.pipe(lines);
  await ended;
  await handle.close();
}
