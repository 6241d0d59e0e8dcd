import { automerge, emptyDocument } from './automerge.ts';
import { type BranchedDocument, branchedDocument } from './branched-document.ts';

const actors = ['10', '11'];

/**
 * What the first merge would wait for: the library is loaded, and each of its parts that a merge needs was called once.
 * No step is above 80 ms. Merging more than this would have V8 compile all of the library anew for speed, which takes a
 * second of the processor and 40 MiB at every start; a flood does so by itself.
 */
export function automergeSteps(): (() => void)[] {
  let document: BranchedDocument;
  return [
    () => void automerge(),
    () => {
      emptyDocument(automerge()).free();
    },
    () => {
      document = branchedDocument(automerge(), (beginning) => beginning.put('_root', 'text', '', 'str'));
    },
    () => {
      for (const actor of actors) {
        write(document, actor);
      }
    },
    () => {
      document.whole().materialize('_root');
      document.free();
    },
  ];
}

function write(document: BranchedDocument, actor: string): void {
  const library = automerge();
  const branch = document.branch([], actor);
  branch.putObjectFromHydrate('_root', 'map', { text: new library.ImmutableString('') });
  branch.put('_root', 'text', actor, 'str');
  branch.delete('_root', 'text');
  document.take(branch);
}
