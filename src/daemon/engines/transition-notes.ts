import type { Store, Transition } from '../../store/ground/port.ts';

/** Transitions of engines, noted in the store as soon as the disk takes them. */
export interface TransitionNotes {
  add(transition: Transition): void;
}

/** As many as the store keeps of one engine. */
const mostUnwritten = 1000;

export function createTransitionNotes(
  store: Pick<Store, 'transaction' | 'transitions'>,
  guard: (work: () => void) => boolean,
): TransitionNotes {
  /** Those that the disk has not taken yet: whoever asks for a state is answered all the same. */
  let unwritten: readonly Transition[] = [];

  return {
    add(transition) {
      unwritten = [...unwritten, transition].slice(-mostUnwritten);
      const written = guard(() => {
        store.transaction(() => {
          unwritten.forEach((one) => store.transitions.add(one));
        });
      });
      unwritten = written ? [] : unwritten;
    },
  };
}
