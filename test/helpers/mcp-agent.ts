import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import type { Home } from './processes.ts';

/** What a tool said: its words, and what programs read of it. */
export interface ToolSaid {
  readonly isError: boolean;
  readonly text: string;
  readonly data: unknown;
}

/** An agent that speaks the protocol by the official client, with the built program as its server. */
export interface McpAgent {
  call(tool: string, asked?: Record<string, unknown>): Promise<ToolSaid>;
  tools(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startAgent(
  home: Pick<Home, 'folder'>,
  flags: readonly string[] = [],
  options: { readonly name?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<McpAgent> {
  const client = new Client({ name: options.name ?? 'a-test', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [join(packageRoot, 'bin', 'sourcesync.js'), 'mcp', '--home', home.folder, ...flags],
      env: { PATH: process.env['PATH'] ?? '', ...options.environment },
      stderr: 'ignore',
    }),
  );
  return {
    async call(tool, asked = {}) {
      const said = await client.callTool({ name: tool, arguments: asked });
      const [first] = said.content;
      const text = first?.type === 'text' ? first.text : '';
      return { isError: said.isError === true, text, data: said.structuredContent };
    },
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    close: async () => client.close(),
  };
}
