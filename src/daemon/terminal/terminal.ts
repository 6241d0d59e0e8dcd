import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Result, err, ok } from '../../base/result.ts';
import type { Terminal } from '../../cli/ground/terminal.ts';
import { editorOf, runEditor } from './editor.ts';

const assumedColumns = 80;
const enter = '\n';

/** The terminal of this process, and the editor that its environment names. */
export function createTerminal(env: NodeJS.ProcessEnv): Terminal {
  const keys: string[] = [];
  return {
    get columns() {
      return columnsOf(process.stdout);
    },
    isUnicode: isUnicode(env),
    async key() {
      while (keys.length === 0) {
        const chunk = await nextChunk();
        if (chunk === undefined) {
          return undefined;
        }
        keys.push(...keysOf(chunk));
      }
      const key = keys.shift();
      return key === '\u0003' || key === '\u0004' ? undefined : key;
    },
    edit: async (name, text) => editIn(editorOf(env), name, text),
    keep: written,
  };
}

/** What no person sees as lines is not cut. A terminal that does not say how wide it is has 80. */
export function columnsOf({ isTTY, columns }: { readonly isTTY: boolean; readonly columns: number }): number {
  return isTTY ? columns || assumedColumns : Number.POSITIVE_INFINITY;
}

/** What no variable says is taken for UTF-8, which is all that this program writes. */
export function isUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'UTF-8';
  return /utf-?8/i.test(locale);
}

/**
 * Single characters, as a terminal gives them, or as lines of one; Enter by itself is a key as well. What comes as more than
 * one at once (a key that sends a sequence, a pasted text, keys that were pressed ahead of a question) was not meant as an answer.
 */
export function keysOf(chunk: string): readonly string[] {
  if (/^(\r\n|\r|\n)$/.test(chunk)) {
    return [enter];
  }
  return chunk.split(/\r\n|\r|\n/).filter((line) => [...line].length === 1);
}

async function nextChunk(): Promise<string | undefined> {
  const { stdin } = process;
  if (stdin.readableEnded || stdin.destroyed) {
    return undefined;
  }
  if (stdin.isTTY) {
    stdin.setRawMode(true);
  }
  try {
    return await new Promise<string | undefined>((resolve) => {
      const settle = (chunk?: Buffer | string): void => {
        stdin.off('data', settle).off('end', settle).off('close', settle);
        stdin.pause();
        resolve(chunk?.toString('utf8'));
      };
      stdin.on('data', settle).on('end', settle).on('close', settle);
      stdin.resume();
    });
  } finally {
    if (stdin.isTTY) {
      stdin.setRawMode(false);
    }
  }
}

async function editIn(editor: string, name: string, text: string): Promise<Result<string, string>> {
  const file = await written(name, text);
  try {
    const failure = await runEditor(editor, file);
    return failure === undefined ? await textOf(file) : err(failure);
  } finally {
    await rm(dirname(file), { recursive: true, force: true });
  }
}

/** In a folder of its own. */
async function written(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sourcesync-'));
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function textOf(file: string): Promise<Result<string, string>> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file)));
  } catch (cause) {
    return err(`What the editor left cannot be read: ${(cause as Error).message}`);
  }
}
