import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import type { Home } from './processes.ts';

/** A device that joins by a code: the digits that it shows, and how it ended. */
export interface Joining {
  readonly digits: Promise<string>;
  readonly exitCode: Promise<number | null>;
}

export function joinBy(code: string, { folder }: Pick<Home, 'folder'>, label: string): Joining {
  const program = join(packageRoot, 'bin', 'sourcesync.js');
  const child = spawn(process.execPath, [program, 'pair', 'join', code, '--label', label, '--home', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exitCode = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const digits = new Promise<string>((resolve, reject) => {
    let said = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`;
      const shown = /Type these digits into the other device: (\d{6})/.exec(line)?.[1];
      if (shown !== undefined) {
        resolve(shown);
      }
    });
    void exitCode.then((code) => reject(new Error(`it ended with ${code} before it showed digits: ${said}`)));
  });
  return { digits, exitCode };
}
