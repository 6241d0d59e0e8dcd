import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { localTime } from '../../../base/local-time.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';
import type { ServiceInstalled, ServiceStatus, ServiceWanted } from '../../ground/service-commands.ts';

interface InstallFlags {
  readonly relay?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export function serviceCommands(program: Command, context: CliContext): void {
  const service = program.command('service').description('keep the daemon running without a terminal, from sign-in on');

  service
    .command('install [relay-options...]')
    .description('write a service for systemd (launchd on macOS), and start it; a daemon that runs is taken over')
    .option('--relay', 'a relay for others, as a service of this machine; what follows -- goes to relay serve')
    .option('--dry-run', 'only show what would be written')
    .option('--force', 'replace a file that was changed by hand')
    .addHelpText(
      'after',
      examples(
        'service install',
        'service install --dry-run',
        'service install --relay -- --listen 0.0.0.0:7342 --public-url wss://relay.example',
      ),
    )
    .action(async (words: readonly string[], flags: InstallFlags, command: Command) => {
      const run = running(context, command);
      const wanted = serviceWanted(run, program, words, flags.relay === true);
      const services = await run.local.services();
      if (flags.dryRun === true) {
        const plan = run.settle(await services.plan(wanted));
        run.show(plan, ({ text }) => text.trimEnd(), 'text');
        run.output.note(`This would be ${printable(plan.path)}; nothing was written.`);
        return;
      }
      run.show(run.settle(await services.install(wanted, flags.force === true)), installedText);
    });

  service
    .command('uninstall')
    .description('stop it, and remove what was written for it; the home stays')
    .option('--relay', 'that of a relay')
    .option('--force', 'also a file that was changed by hand')
    .addHelpText('after', examples('service uninstall', 'service uninstall --relay'))
    .action(async ({ relay, force }: Pick<InstallFlags, 'relay' | 'force'>, command: Command) => {
      const run = running(context, command);
      const services = await run.local.services();
      const gone = run.settle(await services.uninstall(relay === true ? 'relay' : 'daemon', force === true));
      run.show(gone, ({ unit, path, removed, kept }) =>
        removed
          ? [`${unit} was stopped, and ${path} removed.`, ...(kept === null ? [] : [kept])].join('\n')
          : `There is no service ${unit}; nothing was done.`,
      );
    });

  service
    .command('status')
    .description('whether it is installed, started by itself and running, since when, and what to do next')
    .option('--relay', 'that of a relay')
    .addHelpText('after', examples('service status', 'service status --relay --json'))
    .action(async ({ relay }: Pick<InstallFlags, 'relay'>, command: Command) => {
      const run = running(context, command);
      const status = run.settle(await (await run.local.services()).status(relay === true ? 'relay' : 'daemon'));
      run.show(status, statusText);
      if (status.process.state !== 'running') {
        run.fail(exitCodes.unreachable, '');
      }
    });
}

/** Options for a relay are held against those of `relay serve` before anything is written. */
function serviceWanted(run: Running, program: Command, words: readonly string[], isRelay: boolean): ServiceWanted {
  if (!isRelay) {
    const [first] = words;
    return first === undefined
      ? { kind: 'daemon' }
      : run.fail(exitCodes.usage, `The service of a daemon takes no ${first}; options of a relay need --relay.`);
  }
  const serve = program.commands.find((one) => one.name() === 'relay')?.commands.find((one) => one.name() === 'serve');
  const { operands, unknown } = serve?.parseOptions([...words]) ?? { operands: [], unknown: words };
  const [stranger] = [...unknown, ...operands];
  if (stranger !== undefined) {
    run.fail(exitCodes.usage, `relay serve takes no ${stranger}. See: sourcesync relay serve --help`);
  }
  const { data, tlsCert: certFile, tlsKey: keyFile } = serve?.opts<Record<string, string | undefined>>() ?? {};
  if (data !== undefined) {
    run.fail(
      exitCodes.usage,
      'A relay that is a service keeps its data in /var/lib/sourcesync-relay: leave --data out.',
    );
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    run.fail(exitCodes.usage, 'TLS needs a certificate and its key: --tls-cert FILE --tls-key FILE');
  }
  return {
    kind: 'relay',
    words: withoutCertificate(words),
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
  };
}

/** The unit hands certificate and key on by itself. */
function withoutCertificate(words: readonly string[]): readonly string[] {
  const isFlag = (word: string | undefined): boolean => word === '--tls-cert' || word === '--tls-key';
  return words.filter((word, at) => !isFlag(word) && !isFlag(words[at - 1]) && !/^--tls-(cert|key)=/.test(word));
}

function installedText({ unit, path, written, tookOver, environment, status }: ServiceInstalled): string {
  return [
    written ? `${path} was written.` : `${path} is there already, as it would be written.`,
    ...(environment.length === 0 ? [] : [`It has these variables of this shell: ${environment.join(', ')}.`]),
    ...(tookOver ? ['The daemon that ran was stopped; the service runs it now.'] : []),
    statusText(status, unit),
  ].join('\n');
}

function statusText(status: ServiceStatus, unit: string = status.unit): string {
  const { path, file, enabled, next } = status;
  const { state, since, pid, restarts, says } = status.process;
  if (file === 'absent') {
    return [`${unit} is not installed.`, ...(next === null ? [] : [next])].join('\n');
  }
  const from = state === 'running' && since !== null ? ` since ${localTime(since)}` : '';
  const process = pid === null ? '' : ` as process ${pid}`;
  return [
    `${unit} is ${state}${from}${process}, and ${enabled ? 'is started by itself' : 'is not started by itself'}.`,
    ...(says === null || state !== 'running' ? [] : [`It says: ${says}`]),
    ...(restarts === 0 ? [] : [`It was started again ${restarts === 1 ? 'once' : `${restarts} times`}.`]),
    ...(file === 'hand_changed' ? [`${path} was changed by hand.`] : []),
    ...(next === null ? [] : [next]),
  ].join('\n');
}
