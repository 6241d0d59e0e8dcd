import { automerge, emptyDocument } from './automerge.ts';
import { type BranchedDocument, branchedDocument } from './branched-document.ts';

const branches = 16;
const rounds = 8;

/**
 * What makes the first merges as quick as any later ones, a step at a time, none above 40 ms: whoever does them before
 * there is anything to merge lets others have their turn between them.
 */
export function automergeSteps(): (() => void)[] {
  const load = [
    () => void automerge(),
    () => {
      emptyDocument(automerge()).free();
    },
  ];
  return [...load, ...Array.from({ length: rounds }, mergeSteps).flat()];
}

function mergeSteps(): readonly (() => void)[] {
  let document: BranchedDocument;
  const write = (actor: string): void => {
    const library = automerge();
    const branch = document.branch([], actor);
    branch.putObjectFromHydrate('_root', 'map', { text: new library.ImmutableString('') });
    branch.put('_root', 'text', actor, 'str');
    branch.delete('_root', 'text');
    document.take(branch);
  };
  const actors = Array.from({ length: branches }, (_, index) => (index + 16).toString(16));
  return [
    () => {
      document = branchedDocument(automerge(), (beginning) => beginning.put('_root', 'text', '', 'str'));
    },
    () => {
      actors.forEach(write);
    },
    () => {
      document.whole().materialize('_root');
      document.free();
    },
  ];
}
