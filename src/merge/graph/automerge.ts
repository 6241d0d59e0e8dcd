import { createRequire } from 'node:module';
import type { Doc } from '@automerge/automerge';

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

/**
 * What makes the first merge as quick as any later one, a step at a time, none above 80 ms: whoever does them before
 * there is anything to merge lets others have their turn between them.
 */
export function automergeSteps(): (() => void)[] {
  let document: Doc<{ text?: unknown }>;
  return [
    () => void automerge(),
    () => {
      document = automerge().init({ actor: '00' });
    },
    () => {
      document = automerge().change(document, { time: 0 }, (fields) => {
        fields.text = {};
      });
    },
    () => {
      const library = automerge();
      const branch = library.clone(library.view(document, library.getHeads(document)), { actor: '01' });
      const written = library.change(branch, { time: 0 }, (fields) => {
        fields.text = new library.ImmutableString('');
      });
      document = library.merge(document, written);
      library.free(written);
    },
    () => {
      automerge().toJS(document);
      automerge().free(document);
    },
  ];
}
