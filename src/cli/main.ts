import { Command, CommanderError } from 'commander';
import { auditCommands } from './commands/records/audit.ts';
import { clientCommands } from './commands/people/clients.ts';
import { daemonCommands } from './commands/home/daemon.ts';
import { demoCommand } from './commands/home/demo.ts';
import { deviceCommands } from './commands/people/devices.ts';
import { scopeCommands } from './commands/people/scopes.ts';
import { doctorCommand } from './commands/home/doctor.ts';
import { engineCommands } from './commands/home/engines.ts';
import { explainCommand } from './commands/records/explain.ts';
import { initCommand } from './commands/home/init.ts';
import { keyCommands } from './commands/people/keys.ts';
import { leaseCommands } from './commands/people/leases.ts';
import { linkCommands } from './commands/home/link.ts';
import { placeCommands } from './commands/home/places.ts';
import { setupCommand } from './commands/home/setup.ts';
import { manifestCommands } from './commands/home/manifest.ts';
import { ownerCommands } from './commands/records/owners.ts';
import { pairCommands } from './commands/people/pair.ts';
import { pathCommands } from './commands/home/paths.ts';
import { policyCommands } from './commands/people/policy.ts';
import { proofCommands } from './commands/records/proof.ts';
import { pushCommand } from './commands/records/push.ts';
import { quarantineCommands } from './commands/records/quarantine.ts';
import { recordCommands } from './commands/records/records.ts';
import { recoveryCommands } from './commands/people/recovery.ts';
import { restoreCommands } from './commands/records/restore.ts';
import { relayCommands } from './commands/home/relay.ts';
import { reviewCommands } from './commands/records/reviews.ts';
import { scanCommand } from './commands/home/scan.ts';
import { secretCommands } from './commands/records/secrets.ts';
import { statusCommand } from './commands/home/status.ts';
import { storeCommands } from './commands/home/store.ts';
import { syncCommands } from './commands/home/sync.ts';
import type { CliContext } from './ground/context.ts';
import { type ExitCode, exitCodes } from './ground/exit-codes.ts';
import { CommandExit, failureBody, watched } from './ground/failure.ts';
import { printableLines } from './ground/table.ts';

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
  setupCommand,
  placeCommands,
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
