import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Loss } from './loss.ts';

const run = promisify(execFile);

/** `find -delete`: nothing is left in the folder, not even what the product keeps there for itself. */
export const emptied: Loss = {
  name: 'an emptied folder',
  isOffline: false,
  inflict: async (root) => void (await run('find', [root, '-mindepth', '1', '-delete'])),
};
