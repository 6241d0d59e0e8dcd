import type { KeyProtectionName } from '../../api/types/keys.ts';
import type { BackupBody } from '../../cli/ground/backup-commands.ts';
import type { BackupContents } from './contents.ts';

export function backupBody(
  file: string,
  sizeBytes: number,
  { deviceId, createdAt, version, store, files }: BackupContents,
  protection: KeyProtectionName,
): BackupBody {
  return { file, sizeBytes, createdAt, of: { deviceId, version, store }, protection, files };
}

export function percentOf(bytes: number, total: number): string {
  return `${total === 0 ? 100 : Math.min(100, Math.floor((100 * bytes) / total))} %`;
}
