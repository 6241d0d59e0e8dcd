import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { Editor } from './editor.ts';

/** As `>>` where the text only grew, and as `>` otherwise. */
export const redirect: Editor = {
  name: 'a shell',
  async save(path, bytes) {
    const before = await readFile(path).catch(() => undefined);
    const grew = before !== undefined && Buffer.compare(before, bytes.subarray(0, before.length)) === 0;
    await (grew ? appendFile(path, bytes.subarray(before.length)) : writeFile(path, bytes));
  },
};
