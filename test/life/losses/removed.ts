import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Loss } from './loss.ts';

const run = promisify(execFile);

/** `rm -rf *`: somebody was in another folder than they thought. */
export const removed: Loss = { name: 'rm -rf of the content', isOffline: false, inflict: removeContent };

/** The same while the daemon is off. */
export const removedOffline: Loss = {
  name: 'emptied while the daemon was off',
  isOffline: true,
  inflict: removeContent,
};

async function removeContent(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => !name.startsWith('.sourcesync'));
  await run('rm', ['-rf', '--', ...names.map((name) => join(root, name))]);
}
