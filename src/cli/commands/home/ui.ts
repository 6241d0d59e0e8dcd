import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { running } from '../../ground/run-command.ts';

export function uiCommand(program: Command, context: CliContext): void {
  program
    .command('ui')
    .description('show this home as a page in the browser: what waits for you, engines, devices, history')
    .option('--no-open', 'only print the address, which counts once and for a minute')
    .addHelpText('after', examples('ui', 'ui --no-open            to copy the address'))
    .action(async (options: { open: boolean }, command: Command) => {
      const run = running(context, command);
      const page = run.unwrap(await (await run.client()).openPage());
      const isOpened = options.open && !run.asJson && (await run.local.openInBrowser(page.url));
      run.show(page, ({ url }) =>
        isOpened
          ? `The page opens in your browser. If it does not, go to ${url}`
          : `Open this in a browser on this machine. It counts once, for a minute:\n${url}`,
      );
    });
}
