import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HomePaths } from '../../cli/ground/context.ts';

/** A file or folder of a home that other users of the machine can get at, and what mends it. */
export interface LooseMode {
  readonly message: string;
  readonly remedy: string;
}

const forOthers = 0o077;
const writing = 0o022;

/**
 * Whose rights let others read what is secret, or write what this daemon believes. The key file is looked at where it is
 * read, and refused.
 */
export function looseModes({ config, state, socket, token }: HomePaths): readonly LooseMode[] {
  const secret = [state, dirname(socket), token].flatMap((path) => loose(path, forOthers, 'read'));
  const believed = [dirname(config), config].flatMap((path) => loose(path, writing, 'write'));
  return [...secret, ...believed];
}

function loose(path: string, bits: number, what: 'read' | 'write'): readonly LooseMode[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || process.platform === 'win32' || (stats.mode & bits) === 0) {
    return [];
  }
  const mode = (stats.mode & 0o777).toString(8);
  const rights = what === 'read' ? 'go=' : 'go-w';
  return [
    {
      message: `${path} can be ${what === 'read' ? 'read' : 'written'} by others (mode ${mode}).`,
      remedy: `chmod ${rights} ${path}`,
    },
  ];
}
