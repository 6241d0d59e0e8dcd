import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

let parser: Promise<Parser> | undefined;

/** What takes bash apart, loaded once: about 35 ms. */
export function bashParser(): Promise<Parser> {
  parser ??= load();
  return parser;
}

async function load(): Promise<Parser> {
  await Parser.init();
  const made = new Parser();
  made.setLanguage(await Language.load(await readFile(grammarPath())));
  return made;
}

/** Beside the built program; before it is built, where its package is installed. */
function grammarPath(): string {
  const built = fileURLToPath(new URL('./bash.wasm', import.meta.url));
  return existsSync(built)
    ? built
    : createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm');
}
