import type { Command } from 'commander';
import type { StatusBody } from '../../api/types.ts';
import { type CliContext, exitCodes } from '../context.ts';
import { running } from '../run-command.ts';
import { statusText } from './status.ts';

const descriptions = {
  now: 'connect at once and rescan linked folders',
  pause: 'stop sending and receiving on this device',
  resume: 'go on',
} as const;

export function syncCommands(program: Command, context: CliContext): void {
  const sync = program.command('sync').description('sync as a whole on this device');
  for (const action of ['now', 'pause', 'resume'] as const) {
    sync
      .command(action)
      .description(descriptions[action])
      .action(async (_options: unknown, command: Command) => {
        const run = running(context, command);
        const status = run.unwrap(await (await run.client()).sync(action));
        const away = action === 'now' ? relayAwayText(status) : undefined;
        if (away !== undefined) {
          run.fail(exitCodes.relay, away);
        }
        run.show(status, statusText);
      });
  }
}

/** Why nothing can be exchanged now; undefined where a relay is online, or none is meant to be. */
function relayAwayText({ relay, relays, sync }: StatusBody): string | undefined {
  if (sync.paused || relays.length === 0 || relays.some(({ state }) => state === 'online')) {
    return undefined;
  }
  const reason = relay.reason === null ? '' : ` (${relay.reason})`;
  return `The relay ${relay.url ?? ''} is ${relay.state}${reason}. Changes wait in order and go out once it answers.`;
}
