import { createRequire } from 'node:module';

export type Automerge = typeof import('@automerge/automerge');

let loaded: Automerge | undefined;

/**
 * Automerge, loaded at its first use: about 80 ms and 15 MiB that a device without concurrent edits never spends.
 * The CommonJS entry starts its WebAssembly synchronously; the module entry cannot be loaded lazily inside a
 * transaction.
 */
export function automerge(): Automerge {
  loaded ??= createRequire(import.meta.url)('@automerge/automerge') as Automerge;
  return loaded;
}
