import { execFile } from 'node:child_process';

export interface ProgramSaid {
  /** Its exit code; null where it could not be run, or was ended. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it complained of, or why it could not be run. */
  readonly complaint: string;
  readonly isLate: boolean;
  /** False where there is no such program. */
  readonly isThere: boolean;
}

/** Runs a program of the system without a shell and waits for its end, or for so long. */
export async function runProgram(
  file: string,
  words: readonly string[],
  { environment, patienceMs }: { readonly environment: NodeJS.ProcessEnv; readonly patienceMs: number },
): Promise<ProgramSaid> {
  // Its words are read, so that they must not be translated.
  const options = { env: { ...environment, LC_ALL: 'C' }, timeout: patienceMs, maxBuffer: 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile(file, words, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      const complaint = stderr.trim() || (code === null ? (error?.message ?? '') : '');
      resolve({ code, stdout, complaint, isLate: error?.killed === true, isThere: error?.code !== 'ENOENT' });
    });
    child.stdin?.end();
  });
}
