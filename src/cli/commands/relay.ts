import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { running } from '../run-command.ts';

export function relayCommands(program: Command, context: CliContext): void {
  program
    .command('relay')
    .description('store and forward what it cannot read')
    .command('serve')
    .description('run a relay in the foreground')
    .option('--listen <host:port>', 'address to listen on', '127.0.0.1:7342')
    .option('--data <dir>', 'folder of its database')
    .option('--open', 'anybody who reaches it may create scopes: for one machine or a trusted network')
    .option('--public-url <url...>', 'address by which devices reach it through a proxy or a name')
    .action(
      async (options: { listen: string; data?: string; open?: boolean; publicUrl?: string[] }, command: Command) => {
        const run = running(context, command);
        const fault = await run.local.serveRelay({
          listen: options.listen,
          dataDir: options.data,
          open: options.open === true,
          publicUrls: options.publicUrl ?? [],
          onReady: (url) => {
            run.show({ event: 'ready', url }, () => `The relay is ready at ${url}. Stop with Ctrl-C.`);
          },
        });
        if (fault !== undefined) {
          run.fail(fault.exitCode, fault.message);
        }
      },
    );
}
