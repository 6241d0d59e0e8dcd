import { truncateSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathsBelow } from '../tree.ts';
import type { Loss } from './loss.ts';

/** A script that opens every file for writing and never writes. */
export const truncated: Loss = {
  name: 'a script that truncates everything',
  isOffline: false,
  inflict: async (root) => {
    for (const path of pathsBelow(root, '')) {
      truncateSync(join(root, path));
    }
  },
};

/** A program that puts what nobody can read in the place of every file. */
export const overwritten: Loss = {
  name: 'a program that overwrites everything',
  isOffline: false,
  inflict: async (root) => {
    for (const path of pathsBelow(root, '')) {
      writeFileSync(join(root, path), randomBytes(900));
    }
  },
};
