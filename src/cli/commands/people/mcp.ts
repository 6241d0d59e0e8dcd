import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { running } from '../../ground/run-command.ts';

interface McpOptions {
  readonly tokenFile?: string;
  readonly lease?: string;
  readonly agentKey?: string;
}

export function mcpCommand(program: Command, context: CliContext): void {
  program
    .command('mcp')
    .description('serve an agent by the Model Context Protocol, over standard input and output: it reads, and proposes')
    .option('--token-file <file>', "token of the agent's own client (or SOURCESYNC_CLIENT_TOKEN_FILE)")
    .option('--lease <file>', 'lease that was granted to the agent (or SOURCESYNC_LEASE_FILE)')
    .option('--agent-key <file>', 'secret key of the agent, which signs its proposals (or SOURCESYNC_AGENT_KEY_FILE)')
    .addHelpText(
      'after',
      examples(
        'mcp --token-file tidier.token --lease tidier.lease --agent-key tidier.key',
        'mcp   with the three files in the environment',
      ),
    )
    .action(async ({ tokenFile: token, lease, agentKey }: McpOptions, command: Command) => {
      const run = running(context, command);
      const fault = await run.local.serveAgent({ token, lease, agentKey }, context.version);
      run.settle(fault ?? {});
    });
}
