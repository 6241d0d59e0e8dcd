import { createRequire } from 'node:module';

export type Automerge = typeof import('@automerge/automerge');

/**
 * A document below the JavaScript objects that Automerge shows of it: it is written and read by object and key. Keeping
 * those objects up to date takes three quarters of the time of a merge that nobody looks at between its steps.
 */
export type Document = ReturnType<Automerge['getBackend']>;

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

/** Begun by the library, so that it knows the library's types of values, as its copies do. */
export function emptyDocument(library: Automerge): Document {
  return library.getBackend(library.init({ actor: '00' }));
}
