import { examples } from '../../ground/examples.ts';
import type { Command } from 'commander';
import type { AddClientBody, AddedClientBody, ClientBody } from '../../../api/types/clients.ts';
import type { CliContext, SigningKey } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { parseDuration } from '../../ground/duration.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { writeSecretOut } from '../../ground/write-secret-out.ts';

interface AddOptions {
  readonly capability: readonly string[];
  readonly collection?: readonly string[];
  readonly origin?: string;
  readonly ttl?: string;
  readonly publicKey?: string;
  readonly out?: string;
}

export function clientCommands(program: Command, context: CliContext): void {
  const clients = program.command('clients').description('programs with tokens of their own for the local API');

  clients
    .command('ls')
    .description('who they are and what they may do')
    .addHelpText('after', examples('clients ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).clients()), ({ items }) => clientTable(items));
    });

  clients
    .command('add <name>')
    .description('a token, and a key pair for envelopes, both shown this once')
    .requiredOption('--capability <name...>', 'what it may do, such as records.read')
    .option('--collection <name...>', 'the only collections it may touch')
    .option('--origin <origin>', 'bind the token to the web page of this origin')
    .option('--ttl <duration>', 'end it after 90s, 15m, 24h or 30d')
    .option('--public-key <key>', 'its own Ed25519 public key, base64url, instead of a new pair')
    .option('--out <file>', 'write the token to this file, for its client alone to read')
    .addHelpText(
      'after',
      examples(
        'clients add editor --capability records.read --collection notes',
        'clients add dashboard --capability engines.read --ttl 24h',
      ),
    )
    .action(async (name: string, options: AddOptions, command: Command) => {
      const run = running(context, command);
      const ttlSeconds = options.ttl === undefined ? undefined : parseDuration(options.ttl);
      if (options.ttl !== undefined && ttlSeconds === undefined) {
        run.fail(exitCodes.usage, `${options.ttl} is no duration. Write 90s, 15m, 24h or 30d.`);
      }
      const pair = options.publicKey === undefined ? await run.local.createSigningKey() : undefined;
      const wanted: AddClientBody = {
        ...{ name, capabilities: options.capability, collections: options.collection ?? 'all' },
        publicKey: options.publicKey ?? pair?.publicKey ?? '',
        ...(options.origin === undefined ? {} : { origin: options.origin }),
        ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      };
      const added = run.unwrap(await (await run.client()).addClient(wanted));
      await writeSecretOut(run, options.out, `${added.token}\n`);
      run.show({ ...added, secretKey: pair?.secretKey ?? null }, () => addedText(added, pair, options.out));
    });

  clients
    .command('revoke <id>')
    .description('end a client now, by its id or its name')
    .addHelpText('after', examples('clients revoke editor'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.unwrap(await (await run.client()).revokeClient(id)),
        ({ name }) => `The client ${name} is revoked: its token is refused from now on.`,
      );
    });
}

function clientTable(items: readonly ClientBody[]): string {
  return table(
    ['id', 'name', 'state', 'expires', 'capabilities', 'collections', 'origin'],
    items.map(({ id, name, state, expiresAt, capabilities, collections, origin }) => [
      id,
      name,
      state,
      expiresAt ?? 'never',
      capabilities.join(' '),
      collections === 'all' ? 'all' : collections.join(' '),
      origin ?? '',
    ]),
  );
}

function addedText(
  { id, name, token }: AddedClientBody,
  pair: SigningKey | undefined,
  out: string | undefined,
): string {
  return [
    `Client ${name}: ${id}`,
    '',
    ...(out === undefined
      ? [
          'Its token, shown this once; it goes into the header Authorization: Bearer TOKEN, and nowhere else:',
          '',
          `    ${token}`,
        ]
      : [`Its token is in ${out}, and nowhere else.`]),
    ...(pair === undefined
      ? []
      : [
          '',
          'Its secret key, shown this once; it signs the envelopes of privileged calls:',
          '',
          `    ${pair.secretKey}`,
        ]),
  ].join('\n');
}
