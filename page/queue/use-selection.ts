import { useState } from 'preact/hooks';
import type { ReviewBody } from '../../src/api/types/reviews.ts';

/** Which item of the queue is looked at. It stays the same one while others come and go around it. */
export interface Selection {
  readonly item: ReviewBody | undefined;
  readonly at: number;
  /** On a narrow screen the item stands in place of the list. */
  readonly isOpen: boolean;
  readonly choose: (at: number) => void;
  readonly next: () => void;
  readonly previous: () => void;
  readonly open: () => void;
  readonly close: () => void;
}

export function useSelection(items: readonly ReviewBody[]): Selection {
  const [chosen, setChosen] = useState<{ readonly id: string; readonly at: number }>();
  const [isOpen, setIsOpen] = useState(false);
  const found = items.findIndex(({ id }) => id === chosen?.id);
  // One that was decided leaves its place to the next.
  const at = found >= 0 ? found : Math.min(chosen?.at ?? 0, items.length - 1);
  const item = items[at];

  const go = (to: number): void => {
    const target = items[Math.max(0, Math.min(items.length - 1, to))];
    if (target !== undefined) {
      setChosen({ id: target.id, at: items.indexOf(target) });
    }
  };
  return {
    ...{ item, at, isOpen },
    choose: (to) => {
      go(to);
      setIsOpen(true);
    },
    next: () => go(at + 1),
    previous: () => go(at - 1),
    open: () => setIsOpen(true),
    close: () => setIsOpen(false),
  };
}
