import type { EstateReport } from '../../manifest/estate-report.ts';
import type { ValidatedFile } from '../../manifest/validate.ts';

/** Manifests on disk, without a home and without a daemon. */
export interface ManifestCommands {
  /** Scans folders; `onProgress` is told now and then how far it is. */
  scan(
    roots: readonly string[],
    onProgress: (progress: { readonly repos: number; readonly files: number }) => void,
  ): EstateReport;
  /** Judges one file; one that cannot be read is a finding. */
  validateFile(path: string): ValidatedFile;
  /** The same of bytes that came another way; `path` is what messages call them. */
  validateBytes(path: string, bytes: Uint8Array): ValidatedFile;
}
