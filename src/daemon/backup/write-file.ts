import { closeSync, fsyncSync, openSync } from 'node:fs';
import { writeWhole } from '../ground/write-whole.ts';
import type { Unpacked } from './unpack.ts';

/** A new file that its owner alone may read; durable once it ends. */
export function newPrivateFile(path: string): Unpacked {
  const file = openSync(path, 'wx', 0o600);
  return {
    write(bytes) {
      writeWhole(file, bytes);
    },
    end() {
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}
