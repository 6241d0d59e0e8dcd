import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { parseCount, parseSize } from '../../ground/quantity.ts';
import type { RelayReadyBody, ServeRelayOptions } from '../../ground/relay-options.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { relayTokenCommands } from './relay-token.ts';

interface ServeFlags {
  readonly listen: string;
  readonly data?: string;
  readonly open?: boolean;
  readonly allowRoot?: string[];
  readonly publicUrl?: string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly metrics?: string;
  readonly scopeQuota?: string;
  readonly deviceQuota?: string;
  readonly rate?: string;
  readonly proxy?: string[];
  readonly perAddress?: string;
}

const highestRate = 1_000_000;
const mostPerAddress = 100_000;

export function relayCommands(program: Command, context: CliContext): void {
  const relay = program.command('relay').description('store and forward what it cannot read');
  relay
    .command('serve')
    .description('run a relay in the foreground')
    .option('--listen <host:port>', 'address to listen on', '127.0.0.1:7342')
    .option('--data <dir>', 'folder of its database and token key')
    .option('--open', 'anybody who reaches it may found scopes; the default on loopback without --public-url')
    .option('--no-open', 'founding needs a token or an allowed root; the default anywhere else')
    .option('--allow-root <key...>', 'root key that may found a scope without a token (scopes ls --json: rootKey)')
    .option('--public-url <url...>', 'address by which devices reach it through a proxy or a name')
    .option('--tls-cert <file>', 'serve wss:// with this certificate (PEM); a renewed file is taken up by itself')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--metrics <host:port>', 'serve /metrics on a listener of its own')
    .option('--scope-quota <size>', 'room of one scope: 1GiB, or 64GiB where open')
    .option('--device-quota <size>', 'what one device may push in a day: 64MiB, or 64GiB where open')
    .option('--rate <number>', 'requests a second of one connection before it is slowed: 20, or 5000 where open')
    .option('--proxy <address...>', 'proxy before it, whose X-Forwarded-For says whence a device comes')
    .option(
      '--per-address <number>',
      "connections from one address that are no member's: 256; a sixteenth of them may pair",
    )
    .addHelpText(
      'after',
      examples(
        'relay serve',
        'relay serve --listen 0.0.0.0:7342 --public-url wss://relay.example --tls-cert cert.pem --tls-key key.pem',
        'relay serve --listen 127.0.0.1:7342 --open --data ~/relay',
      ),
    )
    .action(async (flags: ServeFlags, command: Command) => {
      const run = running(context, command);
      const fault = await run.local.relay.serve({
        ...serveOptions(run, flags),
        onReady: (ready) => run.show({ event: 'ready', ...ready }, (body) => readyText(body, flags.publicUrl?.[0])),
      });
      if (fault !== undefined) {
        run.fail(fault.exitCode, fault.message);
      }
    });
  relayTokenCommands(relay, context);
}

function serveOptions(run: Running, flags: ServeFlags): Omit<ServeRelayOptions, 'onReady'> {
  const { tlsCert: certFile, tlsKey: keyFile } = flags;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    run.fail(exitCodes.usage, 'TLS needs a certificate and its key: --tls-cert FILE --tls-key FILE');
  }
  const size = (name: string, text: string | undefined): number | undefined =>
    text === undefined
      ? undefined
      : (parseSize(text) ?? run.fail(exitCodes.usage, `${name} ${text} is no size. Write it like 512MiB or 2GiB.`));
  const count = (name: string, text: string | undefined, most: number): number | undefined =>
    text === undefined
      ? undefined
      : (parseCount(text, 1, most) ??
        run.fail(exitCodes.usage, `${name} ${text} is no whole number from 1 to ${most}.`));
  return {
    ...{ listen: flags.listen, dataDir: flags.data, open: flags.open, metrics: flags.metrics },
    ...{ allowRoots: flags.allowRoot ?? [], publicUrls: flags.publicUrl ?? [], proxies: flags.proxy ?? [] },
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    scopeBytes: size('--scope-quota', flags.scopeQuota),
    deviceBytesPerDay: size('--device-quota', flags.deviceQuota),
    requestsPerSecond: count('--rate', flags.rate, highestRate),
    perAddress: count('--per-address', flags.perAddress, mostPerAddress),
  };
}

/** Devices dial the public address where there is one: that of the listener may be 0.0.0.0, which nobody can dial. */
function readyText({ url, pin, metrics }: RelayReadyBody, publicUrl: string = url): string {
  return [
    `The relay is ready at ${url}. Stop with Ctrl-C.`,
    ...(pin === null ? [] : [`Devices that know its key beforehand dial ${publicUrl}#pin=${pin}`]),
    ...(metrics === null ? [] : [`Metrics: ${metrics}`]),
  ].join('\n');
}
