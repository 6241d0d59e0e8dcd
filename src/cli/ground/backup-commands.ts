import type { KeyProtectionName } from '../../api/types/keys.ts';
import type { CommandFault } from './fault.ts';

/** What a backup says of itself, and what was found of it. */
export interface BackupBody {
  readonly file: string;
  readonly sizeBytes: number;
  readonly createdAt: string;
  /** Which device, and the numbers of its program and of the store in it. */
  readonly of: { readonly deviceId: string; readonly version: string; readonly store: number };
  /** How its keys are kept, beside the seal of the backup itself. */
  readonly protection: KeyProtectionName;
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly sha256: string }[];
}

export interface CreatedBackup extends BackupBody {
  /** What the person should know of how it was made; null where there is nothing. */
  readonly notice: string | null;
}

export interface VerifiedBackup extends BackupBody {
  readonly ok: true;
  /** False where the keys in it wait for a passphrase of their own, so that they were not held against the store. */
  readonly keysTried: boolean;
}

export interface BackupRequest {
  readonly file: string;
  readonly passphrase: string;
  /** Told in words while it works. */
  readonly progress: (text: string) => void;
}

/** Copies of a home in one sealed file; they need no daemon, and ask the one that runs where there is one. */
export interface BackupCommands {
  /** Why it cannot be done, before a passphrase is asked for; undefined where it can. */
  obstacle(to: 'create' | 'verify' | 'restore', file: string): Promise<CommandFault | undefined>;
  create(request: BackupRequest): Promise<CreatedBackup | CommandFault>;
  verify(request: BackupRequest): Promise<VerifiedBackup | CommandFault>;
  restore(request: BackupRequest): Promise<VerifiedBackup | CommandFault>;
}
