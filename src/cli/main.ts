import { Command, CommanderError } from 'commander';
import { auditCommands } from './commands/audit.ts';
import { clientCommands } from './commands/clients.ts';
import { daemonCommands } from './commands/daemon.ts';
import { demoCommand } from './commands/demo.ts';
import { deviceCommands } from './commands/devices.ts';
import { scopeCommands } from './commands/scopes.ts';
import { doctorCommand } from './commands/doctor.ts';
import { engineCommands } from './commands/engines.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { keyCommands } from './commands/keys.ts';
import { leaseCommands } from './commands/leases.ts';
import { linkCommands } from './commands/link.ts';
import { manifestCommands } from './commands/manifest.ts';
import { ownerCommands } from './commands/owners.ts';
import { pairCommands } from './commands/pair.ts';
import { pathCommands } from './commands/paths.ts';
import { policyCommands } from './commands/policy.ts';
import { proofCommands } from './commands/proof.ts';
import { pushCommand } from './commands/push.ts';
import { quarantineCommands } from './commands/quarantine.ts';
import { recordCommands } from './commands/records.ts';
import { recoveryCommands } from './commands/recovery.ts';
import { restoreCommands } from './commands/restore.ts';
import { relayCommands } from './commands/relay.ts';
import { reviewCommands } from './commands/reviews.ts';
import { scanCommand } from './commands/scan.ts';
import { secretCommands } from './commands/secrets.ts';
import { statusCommand } from './commands/status.ts';
import { storeCommands } from './commands/store.ts';
import { syncCommands } from './commands/sync.ts';
import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { CommandExit, failureBody, watched } from './failure.ts';
import { printableLines } from './table.ts';

const groups = [
  demoCommand,
  initCommand,
  daemonCommands,
  keyCommands,
  recoveryCommands,
  statusCommand,
  engineCommands,
  pairCommands,
  deviceCommands,
  scopeCommands,
  clientCommands,
  leaseCommands,
  policyCommands,
  recordCommands,
  pushCommand,
  ownerCommands,
  reviewCommands,
  quarantineCommands,
  secretCommands,
  explainCommand,
  proofCommands,
  syncCommands,
  storeCommands,
  restoreCommands,
  linkCommands,
  auditCommands,
  doctorCommand,
  pathCommands,
  relayCommands,
  manifestCommands,
  scanCommand,
];

/** Runs one command line and answers its exit code; everything it says goes to the context's output. */
export async function runCli(given: CliContext, args: readonly string[]): Promise<ExitCode> {
  const { output, hasDocument } = watched(given.output);
  const program = createProgram({ ...given, output });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (cause) {
    const exit = exitOf(cause);
    if (cause instanceof CommandExit && exit.message !== '') {
      output.note(printableLines(exit.message));
    }
    if (exit.exitCode !== exitCodes.done && args.includes('--json') && !hasDocument()) {
      output.json(failureBody(exit.exitCode, exit.message, exit.problem));
    }
    return exit.exitCode;
  }
}

/** What is no failure in words, a bug, goes on to the caller. */
function exitOf(cause: unknown): CommandExit {
  if (cause instanceof CommandExit) {
    return cause;
  }
  if (cause instanceof CommanderError) {
    return new CommandExit(cause.exitCode === 0 ? exitCodes.done : exitCodes.usage, cause.message);
  }
  throw cause;
}

export function createProgram(context: CliContext): Command {
  const program = new Command('sourcesync')
    .description('Local-first, policy-aware sync for workstations')
    .version(context.version)
    .option('--home <dir>', 'keep everything of this device under one folder (or SOURCESYNC_HOME)')
    .option('--json', 'one JSON document on stdout, nothing else')
    .showSuggestionAfterError()
    .showHelpAfterError('(see: sourcesync --help)')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => context.output.note(text.trimEnd()),
      writeOut: (text) => context.output.line(text.trimEnd()),
    });
  for (const group of groups) {
    group(program, context);
  }
  for (const command of everyCommand(program)) {
    command.exitOverride().showSuggestionAfterError();
    command.configureOutput(program.configureOutput());
    if (command !== program && command.commands.length === 0) {
      command
        .option('--json', 'one JSON document on stdout, nothing else')
        .option('--home <dir>', 'the home of the device');
    }
  }
  return program;
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
