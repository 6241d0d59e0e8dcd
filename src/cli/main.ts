import { Command, CommanderError } from 'commander';
import { auditCommands } from './commands/records/audit.ts';
import { backupCommands } from './commands/home/backup.ts';
import { clientCommands } from './commands/people/clients.ts';
import { configCommands } from './commands/home/config.ts';
import { logCommand } from './commands/home/logs.ts';
import { completionCommand } from './commands/home/completions.ts';
import { versionCommand } from './commands/home/version.ts';
import { daemonCommands } from './commands/home/daemon.ts';
import { demoCommand } from './commands/home/demo.ts';
import { deviceCommands } from './commands/people/devices.ts';
import { scopeCommands } from './commands/people/scopes.ts';
import { doctorCommand } from './commands/home/doctor.ts';
import { engineCommands } from './commands/home/engines.ts';
import { exportCommand } from './commands/records/export.ts';
import { importCommand } from './commands/records/import.ts';
import { explainCommand } from './commands/records/explain.ts';
import { initCommand } from './commands/home/init.ts';
import { keyCommands } from './commands/people/keys.ts';
import { leaseCommands } from './commands/people/leases.ts';
import { linkCommands } from './commands/places/link.ts';
import { placeCommands } from './commands/places/places.ts';
import { setupCommand } from './commands/places/setup.ts';
import { manifestCommands } from './commands/home/manifest.ts';
import { mcpCommand } from './commands/people/mcp.ts';
import { ownerCommands } from './commands/records/owners.ts';
import { noticeCommands } from './commands/home/notices.ts';
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
import { reviewCommand } from './commands/records/review.ts';
import { reviewCommands } from './commands/records/reviews.ts';
import { scanCommand } from './commands/home/scan.ts';
import { secretCommands } from './commands/records/secrets.ts';
import { glanceCommandName, statusCommand } from './commands/home/status.ts';
import { serviceCommands } from './commands/home/service.ts';
import { storeCommands } from './commands/home/store.ts';
import { syncCommands } from './commands/home/sync.ts';
import { uiCommand } from './commands/home/ui.ts';
import type { CliContext } from './ground/context.ts';
import { type ExitCode, exitCodes } from './ground/exit-codes.ts';
import { CommandExit, failureBody, watched } from './ground/failure.ts';
import { laidOut } from './ground/lay-out.ts';

const groups = [
  demoCommand,
  initCommand,
  daemonCommands,
  keyCommands,
  recoveryCommands,
  statusCommand,
  uiCommand,
  engineCommands,
  pairCommands,
  deviceCommands,
  scopeCommands,
  clientCommands,
  leaseCommands,
  mcpCommand,
  policyCommands,
  recordCommands,
  pushCommand,
  ownerCommands,
  reviewCommand,
  reviewCommands,
  quarantineCommands,
  secretCommands,
  explainCommand,
  proofCommands,
  syncCommands,
  storeCommands,
  restoreCommands,
  backupCommands,
  exportCommand,
  importCommand,
  linkCommands,
  setupCommand,
  placeCommands,
  auditCommands,
  doctorCommand,
  pathCommands,
  configCommands,
  noticeCommands,
  logCommand,
  relayCommands,
  serviceCommands,
  manifestCommands,
  scanCommand,
  versionCommand,
  completionCommand,
];

/** Runs one command line and answers its exit code; everything it says goes to the context's output. */
export async function runCli(given: CliContext, args: readonly string[]): Promise<ExitCode> {
  const { output, hasDocument } = watched(given.output);
  const program = createProgram({ ...given, output });
  try {
    await program.parseAsync(isBare(args) ? [glanceCommandName, ...args] : [...args], { from: 'user' });
    return exitCodes.done;
  } catch (cause) {
    const exit = exitOf(cause);
    if (cause instanceof CommandExit && exit.message !== '') {
      output.note(laidOut(exit.message, given.terminal));
    }
    if (exit.exitCode !== exitCodes.done && args.includes('--json') && !hasDocument()) {
      output.json(failureBody(exit.exitCode, exit.message, exit.problem));
    }
    return exit.exitCode;
  }
}

/** No command is named: the whole of it is asked for in one sentence. */
function isBare(args: readonly string[]): boolean {
  return args.every(
    (word, at) => word === '--json' || word === '--home' || word.startsWith('--home=') || args[at - 1] === '--home',
  );
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
      writeErr: (text) => context.output.note(laidOut(text.trimEnd(), context.terminal)),
      writeOut: (text) => context.output.line(laidOut(text.trimEnd(), context.terminal)),
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
