import type { Command } from 'commander';
import type { CountsFrom } from '../../ground/config-commands.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

export function configCommands(program: Command, context: CliContext): void {
  const config = program.command('config').description('settings of this home');

  config
    .command('show')
    .description('every setting in force')
    .option('--origin', 'say where each value comes from')
    .addHelpText('after', examples('config show', 'config show --origin        says where each value comes from'))
    .action((options: { origin?: boolean }, command: Command) => {
      const run = running(context, command);
      const { settings, problems } = run.local.configShow();
      run.show({ settings, problems }, () =>
        table(
          options.origin === true ? ['setting', 'value', 'from'] : ['setting', 'value'],
          settings.map(({ key, value, origin }) => [
            key,
            JSON.stringify(value),
            ...(options.origin === true ? [origin] : []),
          ]),
        ),
      );
      if (problems.length > 0) {
        run.fail(exitCodes.failed, problems.join('\n'));
      }
    });

  config
    .command('get <key>')
    .description('one setting in force, and with --json where it comes from')
    .addHelpText('after', examples('config get log.level', 'config get relay.url --json'))
    .action(async (key: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.settle((await run.local.config()).get(key)),
        ({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)),
        'text',
      );
    });

  config
    .command('set <key> <value>')
    .description('write one setting into the file; comments and everything else in it stay')
    .addHelpText('after', examples('config set log.level debug', 'config set relay.url wss://relay.example'))
    .action(async (key: string, value: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.settle((await run.local.config()).set(key, value)),
        (set) => `${set.key} is ${JSON.stringify(set.value)} in ${set.path}. ${whenWords[set.countsFrom]}`,
      );
    });

  config
    .command('edit')
    .description('open a copy in $VISUAL or $EDITOR; only a valid one takes the place of the file')
    .addHelpText('after', examples('config edit'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.settle(await (await run.local.config()).edit()), ({ path, changed }) =>
        changed ? `${path} was replaced. A daemon that runs has read it.` : `${path} is as it was.`,
      );
    });
}

const whenWords: Readonly<Record<CountsFrom, string>> = {
  now: 'A daemon that runs takes it up by itself.',
  restart: 'It counts once the daemon is started anew: sourcesync daemon restart',
  setup:
    'It counts for a device that is set up from here on; this one is renamed with: sourcesync devices rename DEVICE NAME',
};
