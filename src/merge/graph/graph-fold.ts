import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { valueAt } from '../../base/json-pointer.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { type Branches, recordStep } from './graph-steps.ts';
import { applyPatch, overlaps } from '../values/json-patch.ts';
import { isTextAt } from '../texts/text-fields.ts';

/**
 * What branches come to that nowhere wrote over each other, but for texts, which merge by lines: then every order of their
 * writes gives the same, and no document is needed, which costs a hundred times as much. Undefined where two wrote over
 * each other: who wins there is Automerge's to say.
 */
export function foldBranches(branches: Branches, textPaths: readonly string[]): JsonObject | undefined {
  const { graph, branched, heads, notes } = branches;
  const places = createPlaces(graph, textPaths);
  const states = createStates(branches);
  for (const change of branched) {
    const parents = graph.parentsOf(change);
    const before = states.at(parents);
    const { operations, state } = recordStep(change, notes.texts.shown(before, parents), notes);
    const after = applyPatch(before, operations);
    if (!after.ok || places.isWrittenOver(change, { before, operations, after: state })) {
      return undefined;
    }
    states.set(change.changeId, after.value);
  }
  return notes.texts.shown(states.at(heads), heads);
}

/** The record after changes, texts as the last in order left them. */
interface States {
  at(changes: readonly LoggedChange[]): JsonObject;
  set(change: ChangeId, state: JsonObject): void;
}

function createStates({ graph, base, branched, notes }: Branches): States {
  const after = new Map<ChangeId, JsonObject>();
  return {
    at(changes) {
      const beyond = changes.filter(({ changeId }) => after.has(changeId));
      const [only] = beyond;
      if (beyond.length < 2) {
        return (only && after.get(only.changeId)) ?? base;
      }
      const past = new Set(beyond.flatMap(({ changeId }) => [changeId, ...graph.pastBeyondLine(changeId)]));
      return branched
        .filter(({ changeId }) => past.has(changeId))
        .reduce((state, { changeId }) => {
          const next = applyPatch(state, notes.steps.get(changeId)?.operations ?? []);
          return next.ok ? next.value : state;
        }, base);
    },
    set: (change, state) => void after.set(change, state),
  };
}

interface Place {
  readonly writers: LoggedChange[];
  /** Nobody wrote anything there but the text itself. */
  isText: boolean;
}

interface Writing {
  readonly before: JsonObject;
  readonly operations: readonly PatchOperation[];
  readonly after: JsonObject;
}

/** Where the branches wrote so far. */
interface Places {
  isWrittenOver(change: LoggedChange, writing: Writing): boolean;
}

function createPlaces(graph: ChangeGraph, textPaths: readonly string[]): Places {
  const places = new Map<string, Place>();

  function meetsOther(change: LoggedChange, path: string, isText: boolean): boolean {
    return [...places].some(([other, place]) => {
      const areTexts = isText && place.isText && other === path;
      const isApart = ({ changeId }: LoggedChange): boolean =>
        changeId !== change.changeId && !graph.isBefore(changeId, change.changeId);
      return !areTexts && overlaps(other, path) && place.writers.some(isApart);
    });
  }

  return {
    isWrittenOver(change, { before, operations, after }) {
      const written = operations.map(({ path }) => outermostMade(before, path));
      return written.some((path) => {
        const isAlone = written.every((other) => other === path || !overlaps(other, path));
        const isText = isAlone && isTextAt(after, path, textPaths);
        if (meetsOther(change, path, isText)) {
          return true;
        }
        const place = places.get(path) ?? { writers: [], isText: true };
        place.writers.push(change);
        place.isText &&= isText;
        places.set(path, place);
        return false;
      });
    },
  };
}

/** The place itself, or the outermost object that has to be made for it. */
function outermostMade(before: JsonObject, path: string): string {
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index).slice(1);
  const missing = ends.find((end) => valueAt(before, path.slice(0, end)) === undefined);
  return missing === undefined ? path : path.slice(0, missing);
}
