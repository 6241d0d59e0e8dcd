import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { running } from '../../ground/run-command.ts';

export function versionCommand(program: Command, context: CliContext): void {
  program
    .command('version')
    .description('the version of this program, of its protocol and of its store')
    .addHelpText('after', examples('version', 'version --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(await run.local.versions(), ({ version, protocol, session, store, node }) =>
        [`sourcesync ${version}`, `protocol ${protocol}, session ${session}`, `store ${store}`, `Node.js ${node}`].join(
          '\n',
        ),
      );
    });
}
