import { type FSWatcher, statSync, watch } from 'node:fs';

const lookEveryMs = 5000;

/**
 * Looks whenever something changes in a folder, and every five seconds beside that: programs that tidy up remove folders whole,
 * and with them what watches them. The answer ends it.
 */
export function lookAgain(folder: string, look: () => Promise<void>): () => void {
  let watched: { readonly watcher: FSWatcher; readonly inode: number } | undefined;
  let looking = Promise.resolve();
  let isEnded = false;

  function lookSoon(): void {
    looking = looking.then(look).then(follow);
  }

  /** The folder that is there now, where it is another one. */
  function follow(): void {
    try {
      const { ino: inode } = statSync(folder);
      if (!isEnded && inode !== watched?.inode) {
        watched?.watcher.close();
        watched = { watcher: watch(folder, lookSoon).on('error', () => undefined), inode };
      }
    } catch {
      // It is not there, or may not be watched: the clock looks again.
    }
  }

  follow();
  const timer = setInterval(lookSoon, lookEveryMs).unref();
  return () => {
    isEnded = true;
    clearInterval(timer);
    watched?.watcher.close();
  };
}
