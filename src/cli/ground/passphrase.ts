import type { ProtectionRequest } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** Flags by which a new home says how its keys are to be protected. */
export interface ProtectionFlags {
  passphraseFile?: string;
  keyring?: boolean;
}

export const passphraseFileHelp = 'protect the keys by the passphrase in this file (or SOURCESYNC_PASSPHRASE_FILE)';

export function protectionOf(run: Running, { passphraseFile, keyring }: ProtectionFlags): ProtectionRequest {
  return passphraseFile !== undefined && keyring === true
    ? run.fail(exitCodes.usage, 'Keys are protected by a passphrase or by the keyring: name one of the two.')
    : { passphraseFile, keyring: keyring === true };
}

/** The passphrase in force: from the named file, else that of the environment, else typed by a person. */
export async function presentPassphrase(run: Running, file: string | undefined): Promise<string> {
  const { passphrase } = run.settle(await run.local.keys.passphrase(file));
  return passphrase ?? typed(run, 'Passphrase: ');
}

/** A new passphrase: from the named file, else typed twice. */
export async function newPassphrase(run: Running): Promise<string> {
  const first = await typed(run, 'New passphrase: ');
  return first === (await typed(run, 'The same again: '))
    ? first
    : run.fail(exitCodes.usage, 'The two were not the same. Nothing was changed; try again.');
}

async function typed(run: Running, question: string): Promise<string> {
  return run.output.interactive
    ? run.output.askSecret(question)
    : run.fail(
        exitCodes.usage,
        'A passphrase is needed, and there is no terminal to type it at. Name a file that holds it: --passphrase-file FILE, or SOURCESYNC_PASSPHRASE_FILE.',
      );
}
