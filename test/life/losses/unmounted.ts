import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { Loss } from './loss.ts';

/** The disk is not there: in its place is the empty folder that it is mounted on. */
export const unmounted: Loss = { name: 'an unmounted disk', isOffline: false, inflict: unmount, undo: mount };

export const unmountedAtStart: Loss = {
  name: 'a disk that is not mounted when the daemon starts',
  isOffline: true,
  inflict: unmount,
  undo: mount,
};

/** Not even that folder is there. */
export const gone: Loss = {
  name: 'a folder that is gone',
  isOffline: false,
  inflict: async (root) => rename(root, awayOf(root)),
  undo: mount,
};

async function unmount(root: string): Promise<void> {
  await rename(root, awayOf(root));
  await mkdir(root);
}

async function mount(root: string): Promise<void> {
  if (existsSync(awayOf(root))) {
    await rm(root, { recursive: true, force: true });
    await rename(awayOf(root), root);
  }
}

function awayOf(root: string): string {
  return `${root} (not mounted)`;
}
