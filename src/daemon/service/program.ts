import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { packageRoot } from '../ground/package-root.ts';
import { isUnwritten } from './unit-text.ts';

/** What a service runs: this Node, and a program of this package. */
export interface Program {
  readonly node: string;
  readonly entry: string;
}

/** The program of this package by its name in `bin`, as it lies on this machine. */
export function programOf(name: 'sourcesync.js' | 'sourcesyncd.js'): Program {
  return { node: process.execPath, entry: join(packageRoot, 'bin', name) };
}

/** Why a service could not run it: what is missing or cannot be written into a unit, and what to do. */
export function programFault({ node, entry }: Program, others: readonly string[]): CommandFault | undefined {
  const odd = [node, entry, ...others].find(isUnwritten);
  if (odd !== undefined) {
    return fault(
      exitCodes.usage,
      `${JSON.stringify(odd)} holds a line break or another control character, which no service file can hold. Use another path.`,
    );
  }
  if (!isExecutable(node)) {
    return fault(
      exitCodes.failed,
      `The Node at ${node} is not there any more, or cannot be run. Install Node, and run this command again with it.`,
    );
  }
  return existsSync(entry)
    ? undefined
    : fault(
        exitCodes.failed,
        `${entry} is not there. Install SourceSync again (npm i -g sourcesync), and run this again.`,
      );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fault(exitCode: CommandFault['exitCode'], message: string): CommandFault {
  return { exitCode, message };
}
