import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ExportTarget, WrittenExport } from '../../cli/ground/transfer-commands.ts';
import { diskWords } from '../ground/disk-words.ts';
import { hashOfFile } from '../ground/hash-of-file.ts';
import { giveName, isTaken, removeWhenEnded, sweepUnfinished, unfinishedPath } from '../ground/new-file.ts';
import { writeWhole } from '../ground/write-whole.ts';
import { type ExportFolder, createExportFolder } from './export-folder.ts';

/** `notes.jsonl` has its files in `notes.files`. */
export function filesBeside(out: string): string {
  return `${out.replace(/\.jsonl$/, '')}.files`;
}

/** Writes an export beside its name, reads it back, and names it; where anything fails there is nothing. */
export async function writeExport(
  out: string,
  work: (target: ExportTarget) => Promise<void>,
): Promise<WrittenExport | CommandFault> {
  const obstacle = obstacleAt(out);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const [unfinished, folder] = [unfinishedPath(out), unfinishedPath(filesBeside(out))];
  const stopRemoving = removeWhenEnded([unfinished, folder]);
  try {
    sweepUnfinished(out);
    sweepUnfinished(filesBeside(out));
    const files = createExportFolder(folder);
    const hash = await written(unfinished, files, work);
    if (hashOfFile(unfinished) !== hash || !files.isAsWritten()) {
      return fault(
        exitCodes.failed,
        `What was written to ${out} reads back as something else: its disk does not keep what it is given. Nothing was exported. Name a place on another disk.`,
      );
    }
    return named(out, unfinished, files.isUsed ? folder : undefined);
  } catch (cause) {
    const words = diskWords(cause, out);
    if (words === undefined) {
      throw cause;
    }
    return fault(exitCodes.failed, `${words} Nothing was exported.`);
  } finally {
    stopRemoving();
    rmSync(unfinished, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

function obstacleAt(out: string): CommandFault | undefined {
  if (!existsSync(dirname(out))) {
    return fault(exitCodes.usage, `There is no folder ${dirname(out)}. Make it first, or name another place.`);
  }
  const taken = [out, filesBeside(out)].find(isTaken);
  return taken === undefined ? undefined : takenFault(taken);
}

function takenFault(path: string): CommandFault {
  return fault(
    exitCodes.usage,
    `${path} exists, and an export never takes the place of anything. Name another place, or move that away.`,
  );
}

/** SHA-256 of all that was written. */
async function written(
  path: string,
  files: ExportFolder,
  work: (target: ExportTarget) => Promise<void>,
): Promise<string> {
  const descriptor = openSync(path, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    await work({
      line(text) {
        const bytes = utf8(`${text}\n`);
        writeWhole(descriptor, bytes);
        hash.update(bytes);
      },
      file: (place, content) => files.add(place, content),
    });
    fsyncSync(descriptor);
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

/** The files first: the lines are what says that all of it is there. */
function named(out: string, unfinished: string, folder: string | undefined): WrittenExport | CommandFault {
  const files = filesBeside(out);
  const { size } = statSync(unfinished);
  if (folder !== undefined) {
    renameSync(folder, files);
  }
  if (!giveName(unfinished, out)) {
    if (folder !== undefined) {
      rmSync(files, { recursive: true });
    }
    return takenFault(out);
  }
  return { out, sizeBytes: size, files: folder === undefined ? null : files };
}

function fault(exitCode: CommandFault['exitCode'], message: string): CommandFault {
  return { exitCode, message };
}
