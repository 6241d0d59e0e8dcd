import type { CommandFault } from './fault.ts';

/** A file that is being written beside its name, with a folder of files where there are any. */
export interface ExportTarget {
  /** One line, without its line feed. */
  line(text: string): void;
  /** Writes a file below the folder, and answers its path from there; or why its name cannot be one here, in words. */
  file(path: string, content: { readonly bytes: Uint8Array; readonly executable: boolean }): FilePlace;
}

export type FilePlace = { readonly path: string } | { readonly unfit: string };

export interface WrittenExport {
  readonly out: string;
  readonly sizeBytes: number;
  /** Where the files are; null where none of the records is one. */
  readonly files: string | null;
}

/** Exports on the disk. */
export interface TransferCommands {
  /**
   * Runs `work`, reads back what it wrote, and gives it its name; where anything fails there is nothing. Nothing that is
   * there is written over.
   */
  write(out: string, work: (target: ExportTarget) => Promise<void>): Promise<WrittenExport | CommandFault>;
}
