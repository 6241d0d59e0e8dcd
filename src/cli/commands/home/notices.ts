import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import type { HookBody, HookRunBody } from '../../../api/types/notices.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { localTime } from '../../../base/local-time.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

const lookMs = 100;

/** What tells a person, or a program of theirs, that something happened. */
export function noticeCommands(program: Command, context: CliContext): void {
  program
    .command('notify')
    .description('notifications on the desktop when something begins to wait for you')
    .command('test')
    .description('show one now, or say why it cannot be shown')
    .addHelpText('after', examples('notify test'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const answer = run.unwrap(await (await run.client()).testNotification());
      const off = answer.enabled ? '' : ' They are off: sourcesync config set notifications.enabled true';
      run.show(answer, ({ shown, reason }) => (shown ? `A notification was shown.${off}` : `${reason}${off}`));
      if (!answer.shown) {
        run.fail(exitCodes.failed, '');
      }
    });

  const hooks = program.command('hooks').description('programs of yours that run on events, as config.toml names them');
  hooks
    .command('ls')
    .description('each with its events, and how its runs ended')
    .addHelpText('after', examples('hooks ls', 'hooks ls --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).hooks()), ({ items, problem }) => {
        if (problem !== null) {
          return `No hook is run. ${problem}`;
        }
        return items.length === 0 ? noHooks : items.map(hookText).join('\n\n');
      });
    });
  hooks
    .command('test <name>')
    .description('run one now, with an event that is marked as a test')
    .addHelpText('after', examples('hooks test tell-me'))
    .action(async (name: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const last = await testRun(run, name);
      run.show(
        last,
        ({ message, tookMs, output }) =>
          [`${message} It took ${tookMs} ms.`, ...(output === '' ? [] : ['', output])].join('\n'),
        'text',
      );
      if (!last.ok) {
        run.fail(exitCodes.failed, '');
      }
    });
}

/** Begins a run, and waits for its end, which its own time bounds. */
async function testRun(run: Running, name: string): Promise<HookRunBody> {
  const client = await run.client();
  let hook: HookBody | undefined = run.unwrap(await client.testHook(name));
  while (hook?.running === true) {
    await pause(lookMs);
    hook = run.unwrap(await client.hooks()).items.find((one) => one.name === name);
  }
  return hook?.last ?? run.fail(exitCodes.failed, `The hook ${name} was written differently while it ran. Try again.`);
}

function hookText({ name, events, command, timeoutSeconds, problem, since, last }: HookBody): string {
  const { runs, failures, dropped, waiting } = since;
  const told = [
    counted(runs, 'run'),
    ...(failures === 0 ? [] : [`${failures} failed`]),
    ...(waiting === 0 ? [] : [`${counted(waiting, 'event')} waiting`]),
    ...(dropped === 0 ? [] : [`${counted(dropped, 'event')} not told because too many came`]),
  ];
  return [
    name,
    table(
      ['', ''],
      [
        ['runs', command.join(' ')],
        ['on', events.join(', ')],
        ['at most', `${timeoutSeconds} s`],
        ['so far', told.join(', ')],
        ...(last === null || problem !== null ? [] : [['last', `${localTime(last.at, 'seconds')}: ${last.message}`]]),
        ...(problem === null ? [] : [['not run', problem]]),
      ],
    )
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n'),
  ].join('\n');
}

const noHooks = `No hook is configured. Write one with: sourcesync config edit

[hooks.tell-me]
events = ["review.opened"]
command = ["/home/me/bin/tell-me"]`;
