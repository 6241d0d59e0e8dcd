import { examples } from '../../ground/examples.ts';
import type { Command } from 'commander';
import type { ClientFault } from '../../../client/call.ts';
import type { CliContext, ReadyLine } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { isOlder, olderDaemon, readStatus } from '../../ground/read-status.ts';
import { numberedWords } from '../../ground/numbered-words.ts';
import { type Running, running } from '../../ground/run-command.ts';

export function daemonCommands(program: Command, context: CliContext): void {
  const daemon = program.command('daemon').description('the background process of this home');

  daemon
    .command('run')
    .description('run in the foreground until interrupted')
    .option('--embed-relay <host:port>', 'also serve a relay for one machine at this address')
    .option('--supervised', 'start it again when it ends by itself, ever later, and keep what it said last')
    .addHelpText(
      'after',
      examples(
        'daemon run',
        'daemon run --supervised      starts it again when it ends by itself',
        'daemon run --json            the first line says {"event":"ready","socket":…,"pid":…}',
      ),
    )
    .action(async (options: { embedRelay?: string; supervised?: boolean }, command: Command) => {
      await runForeground(context, command, options.embedRelay, options.supervised);
    });

  daemon
    .command('start')
    .description('start in the background and return once it is ready')
    .addHelpText('after', examples('daemon start'))
    .action(async (_options: unknown, command: Command) => {
      await startInBackground(running(context, command));
    });

  daemon
    .command('stop')
    .description('stop it and wait until it has stopped')
    .addHelpText('after', examples('daemon stop'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      if (!(await stopIfRunning(run))) {
        run.fail(exitCodes.unreachable, 'No daemon runs for this home: there is nothing to stop.');
      }
      run.show({ stopped: true }, () => 'The daemon has stopped.');
    });

  daemon
    .command('restart')
    .description('stop it if it runs, and start it in the background')
    .addHelpText('after', examples('daemon restart'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      await stopIfRunning(run);
      await startInBackground(run);
    });

  daemon
    .command('status')
    .description('whether it runs')
    .addHelpText('after', examples('daemon status', 'daemon status --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const answer = await client.status();
      if (!answer.ok && runsNot(answer.error)) {
        run.show({ running: false }, () => 'The daemon does not run. Start it with: sourcesync daemon start');
        run.fail(exitCodes.unreachable, '');
      }
      const { device, relay, keys } = readStatus(run, answer);
      run.show(
        { running: true, device, relay, keys },
        () => `The daemon runs. ${keys.message ?? `Relay: ${relay.url ?? 'none'} (${relay.state}).`}`,
      );
    });

  startCommand(program, context);
}

function startCommand(program: Command, context: CliContext): void {
  program
    .command('start')
    .description('one command for one machine: set up if needed, embed a relay on loopback, run in the foreground')
    .option('--listen <host:port>', 'address of the embedded relay', '127.0.0.1:7342')
    .addHelpText('after', examples('start', 'start --listen 127.0.0.1:7500'))
    .action(async (options: { listen: string }, command: Command) => {
      const run = running(context, command);
      const initialised = await run.local.init({
        ...{ label: undefined, relay: `ws://${options.listen}`, relayTokenFile: undefined },
        protection: { passphraseFile: undefined, keyring: false },
      });
      if ('phrase' in initialised && !run.asJson) {
        context.output.line(
          `A new home was set up. Recovery words, shown this once:\n\n${numberedWords(initialised.phrase)}\n`,
        );
      } else if ('exitCode' in initialised && initialised.exitCode !== exitCodes.failed) {
        run.fail(initialised.exitCode, initialised.message);
      }
      await runForeground(context, command, options.listen);
    });
}

async function startInBackground(run: Running): Promise<void> {
  const client = await run.local.client();
  const asked = 'exitCode' in client ? undefined : await client.status();
  if (asked?.ok === true) {
    const { keys, device } = asked.value;
    const next = isOlder(asked.value) ? olderDaemon : (keys.message ?? 'See: sourcesync status');
    run.show({ running: true, device, keys }, () => `The daemon runs already. ${next}`);
    return;
  }
  const started = run.settle(await run.local.startDaemon());
  run.show(started, ({ pid, message }) =>
    message === null
      ? `The daemon runs as process ${pid}. See: sourcesync status`
      : `The daemon runs as process ${pid}, and syncs nothing yet. ${message}`,
  );
}

/** Resolves once it has stopped; false where none ran. */
async function stopIfRunning(run: Running): Promise<boolean> {
  const client = await run.client();
  const asked = await client.stopDaemon();
  if (!asked.ok && runsNot(asked.error)) {
    return false;
  }
  run.unwrap(asked);
  while ((await client.status()).ok) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  return true;
}

function runsNot(fault: ClientFault): boolean {
  return fault.kind === 'unreachable' && fault.isNobody;
}

async function runForeground(
  context: CliContext,
  command: Command,
  relayListen: string | undefined,
  supervised = false,
): Promise<void> {
  const run = running(context, command);
  const { local } = run;
  const runDaemon = supervised ? local.superviseDaemon : local.runDaemon;
  const fault = await runDaemon({
    relayListen,
    onReady: (ready) => {
      run.show({ event: 'ready', ...ready }, () => readyText(ready));
    },
  });
  if (fault !== undefined) {
    run.fail(fault.exitCode, fault.message);
  }
}

function readyText({ socket, relayUrl, message }: ReadyLine): string {
  return [
    `SourceSync is ready (socket ${socket}${relayUrl === null ? '' : `, relay ${relayUrl}`}).`,
    ...(message === null ? [] : ['', message]),
    '',
    'In another terminal:',
    '  sourcesync status                           what every engine does',
    '  sourcesync link notes ~/notes               keep a folder of notes in sync',
    '  sourcesync pair invite                      add another device',
    '  sourcesync review                           what waits for you',
    '',
    'Stop with Ctrl-C.',
  ].join('\n');
}
