import type { Command } from 'commander';
import { asShellWord } from '../../../base/shell-word.ts';
import type {
  BackupBody,
  BackupCommands,
  BackupRequest,
  CreatedBackup,
  VerifiedBackup,
} from '../../ground/backup-commands.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { newPassphrase, presentPassphrase } from '../../ground/passphrase.ts';
import { counted } from '../../../base/counted.ts';
import { sizeInWords } from '../../ground/quantity.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { printable } from '../../ground/table.ts';

interface BackupFlags {
  out?: string;
  passphraseFile?: string;
}

const passphraseHelp =
  'the passphrase that seals it, in a file that others may not read (or SOURCESYNC_PASSPHRASE_FILE)';

export function backupCommands(program: Command, context: CliContext): void {
  const backup = program
    .command('backup')
    .description('the whole of this home in one sealed file: keys, store, secrets and settings');

  backup
    .command('create [file]')
    .description('write one while the daemon goes on, and read it back; never over a file that is there')
    .option('--out <file>', 'the same as FILE')
    .option('--passphrase-file <file>', passphraseHelp)
    .addHelpText(
      'after',
      examples(
        'backup create /media/disk/desk.backup                asks for a passphrase',
        'backup create --out desk.backup --passphrase-file passphrase.txt',
      ),
    )
    .action(async (named: string | undefined, options: BackupFlags, command: Command) => {
      const run = running(context, command);
      const file = oneOf(run, named, options.out);
      const backups = await run.local.backup();
      const request = await requestOf(run, backups, 'create', { file, passphraseFile: options.passphraseFile });
      const created = run.settle(await backups.create(request));
      if (created.notice !== null) {
        run.output.note(created.notice);
      }
      run.show(created, createdText);
    });

  backup
    .command('verify <file>')
    .description('open every part of one and look at every page of its store; changes nothing')
    .option('--passphrase-file <file>', passphraseHelp)
    .addHelpText('after', examples('backup verify desk.backup'))
    .action(async (file: string, options: BackupFlags, command: Command) => {
      const run = running(context, command);
      const backups = await run.local.backup();
      const request = await requestOf(run, backups, 'verify', { file, passphraseFile: options.passphraseFile });
      run.show(run.settle(await backups.verify(request)), verifiedText);
    });

  backup
    .command('restore <file>')
    .description('make an empty home what it was when the backup was written')
    .option('--passphrase-file <file>', passphraseHelp)
    .addHelpText(
      'after',
      examples('backup restore desk.backup', 'backup restore desk.backup --home /srv/desk        into another folder'),
    )
    .action(async (file: string, options: BackupFlags, command: Command) => {
      const run = running(context, command);
      const backups = await run.local.backup();
      const request = await requestOf(run, backups, 'restore', { file, passphraseFile: options.passphraseFile });
      run.show(run.settle(await backups.restore(request)), restoredText);
    });
}

function oneOf(run: Running, named: string | undefined, out: string | undefined): string {
  return named !== undefined && out !== undefined
    ? run.fail(exitCodes.usage, 'Name the file once: FILE, or --out FILE.')
    : (named ?? out ?? run.fail(exitCodes.usage, 'Name the file to write: sourcesync backup create FILE'));
}

/** What can be done with a backup is said before a passphrase is asked for. */
async function requestOf(
  run: Running,
  backups: BackupCommands,
  to: Parameters<BackupCommands['obstacle']>[0],
  { file, passphraseFile }: { readonly file: string; readonly passphraseFile: string | undefined },
): Promise<BackupRequest> {
  const obstacle = await backups.obstacle(to, file);
  if (obstacle !== undefined) {
    run.settle<object>(obstacle);
  }
  const named = run.settle(await run.local.keys.passphrase(passphraseFile)).passphrase;
  const passphrase =
    named ?? (to === 'create' ? await newPassphrase(run) : await presentPassphrase(run, passphraseFile));
  return { file, passphrase, progress: (text) => run.output.progress(text) };
}

function createdText(created: CreatedBackup): string {
  return [
    `${printable(created.file)} is written and was read back: ${sizeInWords(created.sizeBytes)}, ${counted(created.files.length, 'file')} of this home.`,
    'Of large files of linked folders it holds the lists of their chunks and not the bytes: copy those folders as well.',
    'It opens with its passphrase alone, and with that everything in it does. Keep both, apart from each other and from this machine.',
    `Look at it again at any time: sourcesync backup verify ${asShellWord(created.file)}`,
  ].join('\n');
}

function verifiedText(verified: VerifiedBackup): string {
  return [
    `${printable(verified.file)} is whole: every part opens, and every page of its store is as it was written.`,
    aboutText(verified),
    verified.keysTried
      ? 'The keys in it open the store.'
      : 'The keys in it are sealed under the passphrase of that device as well, which was not asked for: whether they open the store was not tried.',
  ].join('\n');
}

function restoredText(restored: VerifiedBackup): string {
  return [
    `This home is the device again that it was on ${restored.createdAt}.`,
    aboutText(restored),
    ...(restored.protection === 'passphrase'
      ? ['Its keys wait for a passphrase after the start: sourcesync unlock']
      : []),
    'Next: sourcesync daemon start. What was written since comes back from relays and other devices, where it was sent.',
    'A device runs once: where the old one may still run, do not start this one. Begin there with other keys instead: sourcesync recovery restore',
    'Folders are followed where they are the ones that were linked; see: sourcesync link ls',
  ].join('\n');
}

function aboutText(about: BackupBody): string {
  return `Device ${about.of.deviceId}, written ${about.createdAt} by version ${printable(about.of.version)}: ${sizeInWords(about.sizeBytes)}, ${counted(about.files.length, 'file')}.`;
}
