import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { parseCount } from '../../ground/quantity.ts';
import { counted } from '../../../base/counted.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';

const mostScopes = 1_000_000;
const mostDays = 3650;

/** Leave to found scopes at a relay that is not open; made beside the running relay, in its data folder. */
export function relayTokenCommands(relay: Command, context: CliContext): void {
  const token = relay.command('token').description('leave to found scopes at a relay that is not open');

  token
    .command('create')
    .description('print a new token; the relay need not be stopped')
    .option('--data <dir>', "the relay's data folder")
    .option('--scopes <number>', 'how many scopes it may found; setting up a device founds two', '16')
    .option('--days <number>', 'how long it is good', '30')
    .addHelpText(
      'after',
      examples('relay token create', 'relay token create --data /var/lib/sourcesync-relay --scopes 4 --days 7'),
    )
    .action(async (options: { data?: string; scopes: string; days: string }, command: Command) => {
      const run = running(context, command);
      const count = (name: string, text: string, most: number): number =>
        parseCount(text, 1, most) ?? run.fail(exitCodes.usage, `${name} ${text} is no whole number from 1 to ${most}.`);
      const scopes = count('--scopes', options.scopes, mostScopes);
      const days = count('--days', options.days, mostDays);
      const created = run.settle(await run.local.relay.createToken({ dataDir: options.data, scopes, days }));
      run.show(created, (body) =>
        [
          body.token,
          '',
          `Good for ${counted(body.scopes, 'scope')} until ${body.expiresAt}; shown this once. Take it back with:`,
          `    sourcesync relay token revoke ${body.id}`,
          'On the device put it into a file and: sourcesync init --relay URL --relay-token-file FILE',
        ].join('\n'),
      );
    });

  token
    .command('ls')
    .description('tokens that were made, without what it takes to use them')
    .option('--data <dir>', "the relay's data folder")
    .addHelpText('after', examples('relay token ls --data /var/lib/sourcesync-relay'))
    .action(async (options: { data?: string }, command: Command) => {
      const run = running(context, command);
      run.show(run.settle(await run.local.relay.tokens(options.data)), ({ items }) =>
        table(
          ['token', 'scopes', 'made', 'good until', ''],
          items.map(({ id, scopes, createdAt, expiresAt, revokedAt }) => [
            id,
            String(scopes),
            createdAt,
            expiresAt,
            revokedAt === null ? '' : `revoked ${revokedAt}`,
          ]),
        ),
      );
    });

  token
    .command('revoke <id>')
    .description('it founds nothing more; what it founded stays')
    .option('--data <dir>', "the relay's data folder")
    .addHelpText('after', examples('relay token revoke 3f2a9c --data /var/lib/sourcesync-relay'))
    .action(async (id: string, options: { data?: string }, command: Command) => {
      const run = running(context, command);
      run.show(
        run.settle(await run.local.relay.revokeToken(options.data, id)),
        (body) => `Token ${body.id} is revoked. It founds nothing more; what it founded stays.`,
      );
    });
}
