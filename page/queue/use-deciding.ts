import { useEffect, useState } from 'preact/hooks';
import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { useHere } from '../ground/here.ts';
import { decide, reviewPath, undoAll } from './decide.ts';
import type { DecisionWay } from './decisions.ts';
import { sidesOf } from '../merge/merge-sides.ts';
import { titleOf } from './item-words.ts';
import type { Selection } from './use-selection.ts';

/** What was decided in one stroke, and is taken back in one. */
export interface Decision {
  readonly ids: readonly string[];
  readonly words: string;
}

export interface Deciding {
  /** The item as it was when it was opened, or when its person was told of a change. */
  readonly review: ReviewDetailBody | undefined;
  readonly notice: string | undefined;
  readonly isBusy: boolean;
  readonly isEditing: boolean;
  /** The last decision, which can be taken back; then the one before it. */
  readonly last: Decision | undefined;
  /** Remembers what was decided by other means. */
  readonly decided: (decision: Decision) => void;
  readonly choose: (way: DecisionWay) => void;
  readonly save: (fields: JsonObject) => void;
  readonly leaveEditing: () => void;
  readonly undo: () => void;
}

/** Decisions that can be taken back here; older ones are undone by `sourcesync reviews undo`. */
const mostKept = 100;
const edited: Pick<DecisionWay, 'action' | 'done'> = { action: 'merge', done: 'Saved what you wrote' };
const overtakenWords = 'This has changed since you opened it, and nothing was decided. It is shown as it is now.';

/** Deciding about the item that is looked at. */
export function useDeciding({ item }: Selection, reload: () => void): Deciding {
  const { api, say } = useHere();
  const [review, setReview] = useState<ReviewDetailBody>();
  const [notice, setNotice] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const [isEditing, setIsEditing] = useState(false);
  const [made, setMade] = useState<readonly Decision[]>([]);
  const last = made.at(-1);
  const decided = (one: Decision): void => setMade((before) => [...before, one].slice(-mostKept));
  const id = item?.id;

  useEffect(() => {
    let isWanted = true;
    setNotice(undefined);
    setIsEditing(false);
    if (id !== undefined) {
      void api.get<ReviewDetailBody>(reviewPath(id)).then((answer) => {
        if (isWanted) {
          setReview(answer.ok ? answer.value : undefined);
          setNotice(answer.ok ? undefined : answer.words);
        }
      });
    }
    return () => {
      isWanted = false;
    };
  }, [id]);

  const shown = review?.id === id ? review : undefined;

  async function carryOut(way: Pick<DecisionWay, 'action' | 'done'>, fields?: JsonObject): Promise<void> {
    if (shown === undefined || isBusy) {
      return;
    }
    setIsBusy(true);
    const became = await decide(api, shown, way.action, fields);
    setIsBusy(false);
    if (became.kind === 'done') {
      const words = `${way.done}: ${titleOf(shown).title}.`;
      decided({ ids: [shown.id], words });
      setNotice(undefined);
      setIsEditing(false);
      say(words);
      reload();
    } else if (became.kind === 'overtaken') {
      setReview(became.now);
      setNotice(overtakenWords);
    } else {
      setNotice(became.words);
    }
  }

  async function takeBack(): Promise<void> {
    if (last === undefined) {
      return;
    }
    setMade(made.slice(0, -1));
    const failure = await undoAll(api, last.ids);
    say(failure ?? `Undone. ${last.ids.length === 1 ? 'It waits again.' : 'They wait again.'}`);
    setNotice(failure);
    reload();
  }

  return {
    ...{ review: shown, notice, isBusy, isEditing, last, decided },
    choose(way) {
      if (way.action !== 'merge') {
        void carryOut(way);
      } else if (shown !== undefined && sidesOf(shown) !== undefined) {
        setIsEditing(true);
      } else {
        setNotice('There is nothing here to edit: one side is a deletion, or it is no record.');
      }
    },
    save: (fields) => void carryOut(edited, fields),
    leaveEditing: () => setIsEditing(false),
    undo: () => void takeBack(),
  };
}
