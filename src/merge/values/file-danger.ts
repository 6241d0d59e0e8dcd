import { valueAt } from '../../base/json-pointer.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FileMapping } from '../../contract/engine.ts';
import { sameValue } from './json-patch.ts';
import { whyItRuns } from './self-running.ts';

/** The record that is judged, and whether it is being renamed: what it holds was looked at under its old name. */
export interface Judged {
  readonly id: string;
  readonly arrives?: boolean;
}

export interface FileDanger {
  /** JSON pointer of what must wait: all that makes the file, or that it can be run. */
  readonly path: string;
  /** Completes "runs by itself: ". */
  readonly why: string;
}

/**
 * Why the file that `next` would be must not appear unseen. Whatever changes in a file that runs by its name waits. The
 * right to be run waits where a file has it that had it not: a new file whole, one that is there, or was renamed, without
 * it. What is written into a program that was approved does not: its author was asked about already.
 */
export function fileDanger(
  { content, holdsMode }: FileMapping,
  { id, arrives = false }: Judged,
  before: JsonObject | null,
  next: JsonObject,
): FileDanger | undefined {
  if (!holdsMode(id, next)) {
    return undefined;
  }
  const executable = `${content}/executable`;
  const wasFile = before !== null && holdsMode(id, before);
  const byName = whyItRuns(id);
  if (byName !== undefined) {
    const isSame = wasFile && sameValue(valueAt(before, content), valueAt(next, content));
    return isSame ? undefined : { path: content, why: byName };
  }
  const mayRun = valueAt(next, executable) === true;
  const mightRun = wasFile && valueAt(before, executable) === true;
  return !mayRun || mightRun
    ? undefined
    : { path: wasFile || arrives ? executable : content, why: 'it is executable, so that whatever calls it runs it' };
}
