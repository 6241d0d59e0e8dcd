import type { Command } from 'commander';
import type { StatusBody, UnsentBody } from '../../../api/types/bodies.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { readStatus } from '../../ground/read-status.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { statusText } from './status-text.ts';

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
      .addHelpText('after', examples(`sync ${action}`))
      .action(async (_options: unknown, command: Command) => {
        const run = running(context, command);
        const status = readStatus(run, await (await run.client()).sync(action));
        const away = action === 'now' ? relayAwayText(status) : undefined;
        if (away !== undefined) {
          run.fail(exitCodes.relay, away);
        }
        run.show(status, statusText);
      });
  }
  sync
    .command('unsent')
    .description('what a relay does not take, why, and how to send it again')
    .addHelpText('after', examples('sync unsent'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const { unsent } = readStatus(run, await (await run.client()).status());
      run.show({ items: unsent }, ({ items }) => unsentTable(items));
      if (unsent.length > 0) {
        run.fail(exitCodes.attention, howToGoOn);
      }
    });
}

const howToGoOn =
  'A refusal for want of room is tried again every minute. Send it again at once with: sourcesync sync now';

function unsentTable(items: readonly UnsentBody[]): string {
  return items.length === 0
    ? 'Nothing is refused.'
    : table(
        ['scope', 'name', 'relay', 'answer', 'why', 'waits'],
        items.map(({ kind, name, relay, code, reason, changes }) => [
          ...[kind, name, relay, code, reason],
          Object.entries(changes)
            .map(([collection, number]) => `${number} of ${collection}`)
            .join(', '),
        ]),
      );
}

/** Why nothing can be exchanged now; undefined where a relay is online, or none is meant to be. */
function relayAwayText({ relay, relays, sync }: StatusBody): string | undefined {
  if (sync.paused || relays.length === 0 || relays.some(({ state }) => state === 'online')) {
    return undefined;
  }
  const reason = relay.reason === null ? '' : ` (${relay.reason})`;
  return `The relay ${relay.url ?? ''} is ${relay.state}${reason}. Changes wait in order and go out once it answers.`;
}
