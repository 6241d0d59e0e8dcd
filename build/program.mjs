// Puts what the program runs into dist/program: its own modules and those of its packages, in few files. Node opens a
// process of this program more than twice as fast as from the two thousand files that they are written in.
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist');
const target = join(built, 'program');

/** What is started by its name: the two programs of bin/, what others import, and the threads and processes of the daemon. */
const entries = {
  cli: 'src/daemon/cli-main.js',
  client: 'src/client/client.js',
  connect: 'src/daemon/offline/connect.js',
  'keyring-program': 'src/daemon/keys/keyring-program.js',
  'passphrase-worker': 'src/daemon/keys/passphrase-worker.js',
  'place-worker': 'src/daemon/links/place-worker.js',
  'script-worker': 'src/daemon/engines/script-worker.js',
};

/** These find a native or WebAssembly part beside their own files, or load themselves by a name that is only known then. */
const apart = [
  '@automerge/automerge',
  '@jitl/quickjs-wasmfile-release-sync',
  '@napi-rs/keyring',
  'better-sqlite3',
  'jsonc-parser',
  'quickjs-emscripten-core',
  'web-tree-sitter',
];

/** A module reads files beside itself: it goes on finding them from where it was before it was put together with others. */
const keepsItsPlace = {
  name: 'keeps-its-place',
  transform(code, id) {
    if (!id.startsWith(built) || !code.includes('import.meta.url')) {
      return null;
    }
    const place = JSON.stringify(relative(target, id).replaceAll('\\', '/'));
    return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
  },
};

for (const sql of ['src/store/sqlite/sql', 'src/relay/sqlite/sql']) {
  cpSync(join(root, sql), join(built, sql), { recursive: true });
}
const grammar = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm');
cpSync(grammar, join(built, 'engines', 'shell', 'places', 'bash.wasm'));

rmSync(target, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(built, path)])),
  platform: 'node',
  external: (id) => apart.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [keepsItsPlace],
  onLog(level, log, handle) {
    // Packages that are told so by their own authors; a warning about this program's code stands.
    if (level === 'warn' && !(log.id ?? '').includes('node_modules')) {
      handle('error', log);
    }
  },
});
await bundle.write({ dir: target, format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
