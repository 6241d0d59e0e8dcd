import type { Command } from 'commander';
import type { KeyProtectionName } from '../../../api/types/keys.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { newPassphrase, presentPassphrase } from '../../ground/passphrase.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { rotationCommands } from './rotation.ts';

export function keyCommands(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('the keys of this device');
  protectCommand(keys, context);
  rotationCommands(keys, context);
  lockCommands(program, context);
}

interface ProtectFlags {
  passphrase?: boolean;
  keyring?: boolean;
  bare?: boolean;
  passphraseFile?: string;
  currentPassphraseFile?: string;
}

function protectCommand(keys: Command, context: CliContext): void {
  keys
    .command('protect')
    .description('choose what protects the key file; the daemon may run meanwhile')
    .option('--passphrase', 'a passphrase, typed twice or taken from --passphrase-file')
    .option('--keyring', 'a key in the keyring of the system')
    .option('--bare', 'nothing but the permissions of the file')
    .option('--passphrase-file <file>', 'the new passphrase; others may not read the file')
    .option('--current-passphrase-file <file>', 'the passphrase in force (or SOURCESYNC_PASSPHRASE_FILE)')
    .addHelpText('after', examples('keys protect --passphrase', 'keys protect --keyring'))
    .action(async (options: ProtectFlags, command: Command) => {
      const run = running(context, command);
      const kind = wantedKind(run, options);
      const { protection } = run.settle(await run.local.keys.protection());
      const current =
        protection === 'passphrase' ? await presentPassphrase(run, options.currentPassphraseFile) : undefined;
      const next = kind === 'passphrase' ? await nextPassphrase(run, protection, options.passphraseFile) : undefined;
      run.show(run.settle(await run.local.keys.protect({ kind, current, next })), ({ protection: kept }) =>
        words(kept),
      );
    });
}

function lockCommands(program: Command, context: CliContext): void {
  program
    .command('lock')
    .description('end sync, close the store and forget the keys, until sourcesync unlock')
    .addHelpText('after', examples('lock'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      run.show(run.unwrap(await client.lock()), () => 'The keys are locked. Unlock them with: sourcesync unlock');
    });

  program
    .command('unlock')
    .description('give the daemon its keys: by passphrase, or from the keyring of the system')
    .option('--passphrase-file <file>', 'a file that holds the passphrase (or SOURCESYNC_PASSPHRASE_FILE)')
    .addHelpText('after', examples('unlock', 'unlock --passphrase-file ~/.passphrase'))
    .action(async (options: { passphraseFile?: string }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const { keys } = run.unwrap(await client.status());
      if (!keys.locked) {
        run.show(keys, () => notLocked(keys.protection));
        return;
      }
      const passphrase =
        keys.protection === 'passphrase' ? await presentPassphrase(run, options.passphraseFile) : undefined;
      run.show(run.unwrap(await client.unlock(passphrase)), () => 'The keys are unlocked. See: sourcesync status');
    });
}

/** Said before anything is asked for: nobody may take a passphrase for the right one that was not tried. */
function notLocked(protection: KeyProtectionName | null): string {
  return protection === 'bare'
    ? 'The keys are not locked: they are a bare file, which has no passphrase. None was looked at. To protect them with one: sourcesync keys protect --passphrase'
    : 'The keys were not locked: nothing was done, and no passphrase was looked at. See: sourcesync status';
}

function wantedKind(run: Running, { passphrase, keyring, bare, passphraseFile }: ProtectFlags): KeyProtectionName {
  const byPassphrase = passphrase === true || passphraseFile !== undefined;
  const kinds: readonly KeyProtectionName[] = [
    ...(byPassphrase ? (['passphrase'] as const) : []),
    ...(keyring === true ? (['keyring'] as const) : []),
    ...(bare === true ? (['bare'] as const) : []),
  ];
  const [kind] = kinds;
  return kind === undefined || kinds.length > 1
    ? run.fail(exitCodes.usage, 'Say one of --passphrase, --keyring and --bare.')
    : kind;
}

/** The environment names the passphrase in force; only where there is none it may also name the first one. */
async function nextPassphrase(run: Running, before: KeyProtectionName, file: string | undefined): Promise<string> {
  if (file === undefined && before === 'passphrase') {
    return newPassphrase(run);
  }
  const { passphrase } = run.settle(await run.local.keys.passphrase(file));
  return passphrase ?? newPassphrase(run);
}

function words(protection: KeyProtectionName): string {
  switch (protection) {
    case 'passphrase':
      return 'The keys are protected by the passphrase. From its next start the daemon waits for it: sourcesync unlock. Nobody can recover a forgotten one; the twelve recovery words make a new device instead.';
    case 'keyring':
      return 'The keys are protected by a key in the keyring of the system.';
    case 'bare':
      return 'The keys are a bare file that you alone may read: no protection against malicious software of the same user.';
  }
}
