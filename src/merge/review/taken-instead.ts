import { canonicalText } from '../../base/canonical-json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { areConcurrent } from '../values/causal.ts';
import { wholeFieldsOf } from '../values/decision.ts';
import { overlaps, parsePatch } from '../values/json-patch.ts';
import { isRemoval } from '../values/plan.ts';
import { type SaidBook, isKnownTo, saidBy } from './review-replies.ts';
import { isAcceptance, isWord } from './review-words.ts';

/**
 * Yeses of a word's own device to another word in its place, given apart from the yeses to this one. Two devices that
 * accept each other's value apart say opposite things: each takes the other's instead of its own.
 */
export function takenInstead(
  book: SaidBook,
  word: LoggedChange,
  accepted: readonly LoggedChange[],
  limit: LoggedChange | undefined,
): readonly LoggedChange[] {
  const { graph, commands, answered, isOld } = book;
  const said = saidBy(book, word, limit);
  if (said === undefined || accepted.length === 0) {
    return [];
  }
  return commands.filter(
    (command) =>
      command.deviceId === word.deviceId &&
      isAcceptance(command) &&
      !isOld(command) &&
      isKnownTo(book, command, limit) &&
      graph.isBefore(said.changeId, command.changeId) &&
      accepted.every((yes) => areConcurrent(graph, yes, command)) &&
      answered
        .get(command.changeId)
        ?.some((other) => isWord(other) && areConcurrent(graph, other, word) && writeOverEachOther(other, word)) ===
        true,
  );
}

/** True where only one of two values written apart can stand. */
function writeOverEachOther(one: LoggedChange, other: LoggedChange): boolean {
  return (
    contentOf(one) !== contentOf(other) &&
    pathsOf(one).some((path) => pathsOf(other).some((place) => overlaps(path, place)))
  );
}

function pathsOf(word: LoggedChange): readonly string[] {
  const isWhole = isRemoval(word) || wholeFieldsOf(word) !== undefined;
  return isWhole ? [''] : (parsePatch(word.value) ?? []).map(({ path }) => path);
}

function contentOf(word: LoggedChange): string {
  return isRemoval(word) ? '' : canonicalText(wholeFieldsOf(word) ?? word.value);
}
