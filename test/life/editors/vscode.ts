import { open } from 'node:fs/promises';
import type { Editor } from './editor.ts';

const chunkBytes = 64 * 1024;

/** As VS Code: the file itself is cut to nothing and written in pieces, so that for a moment it is short. */
export const vscode: Editor = {
  name: 'VS Code',
  async save(path, bytes) {
    const file = await open(path, 'w');
    const half = Math.min(chunkBytes, Math.ceil(bytes.length / 2));
    for (let from = 0; from < bytes.length; from += half) {
      await file.write(bytes.subarray(from, from + half));
    }
    await file.close();
  },
};
