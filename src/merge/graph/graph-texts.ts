import { valueAt } from '../../base/json-pointer.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { ChangeGraph } from '../values/causal.ts';
import { type Effort, ordinarySteps } from '../texts/hunks.ts';
import { applyPatch, overlaps } from '../values/json-patch.ts';
import { type LineEdit, jointEdits, lineEdits, withLineEdits } from '../texts/line-edits.ts';
import { isTextAt } from '../texts/text-fields.ts';

/** A text in which everything holds that its writers wrote. */
export interface TextVersion {
  readonly text: string;
  readonly writers: readonly LoggedChange[];
}

/** The texts of a record whose changes are replayed one after the other. */
export interface GraphTexts {
  /** To be told of each change in the order of the graph: what it wrote, and the record after it. */
  note(change: LoggedChange, operations: readonly PatchOperation[], after: JsonObject): void;
  /** The record at some changes with its texts as people are shown them there. */
  shown(fields: JsonObject, at: readonly LoggedChange[]): JsonObject;
  /**
   * What a text that was written apart comes to at some changes: one version where nobody contradicts, else the one that
   * is live and then the others. None where it was not written apart, or not as text by everybody.
   */
  versions(path: string, at: readonly LoggedChange[]): readonly TextVersion[];
}

/**
 * Texts that were written apart merge by lines, from what their writers both knew. The latest writer comes first; who
 * contradicts it is in another version, and who contradicts nobody is in all of them. What a text comes to follows from
 * the changes that wrote it and from what those knew, so that every device shows the same.
 */
export function graphTexts(graph: ChangeGraph, textPaths: readonly string[]): GraphTexts {
  const texts = textPaths.map((path) => graphText(graph, path));
  return {
    note: (...step) => texts.forEach((text) => text.note(...step)),
    shown: (fields, at) =>
      texts.reduce((shown, text) => {
        const [live] = text.versions(at);
        const patched = live && applyPatch(shown, [{ op: 'add', path: text.path, value: live.text }]);
        return patched?.ok === true ? patched.value : shown;
      }, fields),
    versions: (path, at) => texts.find((text) => text.path === path)?.versions(at) ?? [],
  };
}

interface GraphText {
  readonly path: string;
  readonly note: GraphTexts['note'];
  versions(at: readonly LoggedChange[]): readonly TextVersion[];
}

interface Written {
  /** What stands there after it; undefined for what is no text. */
  readonly text: string | undefined;
  /** True for a change of the text alone, not of what it stands in. */
  readonly isOfText: boolean;
}

function graphText(graph: ChangeGraph, path: string): GraphText {
  const written = new Map<ChangeId, Written>();
  /** By change: whose text stands there, as far as the change knew. */
  const writersAt = new Map<ChangeId, readonly LoggedChange[]>();
  const known = new Map<string, readonly TextVersion[]>();
  const draft = drafts(graph, {
    written: ({ changeId }) => written.get(changeId)?.text ?? '',
    shownAt: (at) => {
      const writers = writersOf(at);
      const [only] = writers;
      return writers.length === 1 ? only && written.get(only.changeId)?.text : versionsBy(writers)[0]?.text;
    },
  });

  function writersOf(at: readonly LoggedChange[]): readonly LoggedChange[] {
    const writers = [...new Set(at.flatMap(({ changeId }) => writersAt.get(changeId) ?? []))];
    return writers.filter(({ changeId }) => !writers.some((later) => graph.isBefore(changeId, later.changeId)));
  }

  function versionsBy(writers: readonly LoggedChange[]): readonly TextVersion[] {
    const areTexts = writers.every(({ changeId }) => {
      const { text, isOfText } = written.get(changeId) as Written;
      return text !== undefined && isOfText;
    });
    if (writers.length < 2 || !areTexts) {
      return [];
    }
    const latestFirst = [...writers].sort((one, other) => compareChanges(other, one));
    const name = latestFirst.map(({ changeId }) => changeId).join(' ');
    const versions = known.get(name) ?? versionsOf(latestFirst, draft);
    known.set(name, versions);
    return versions;
  }

  return {
    path,
    note: (change, operations, after) => {
      const writes = operations.filter((operation) => overlaps(operation.path, path));
      if (writes.length === 0) {
        writersAt.set(change.changeId, writersOf(graph.parentsOf(change)));
        return;
      }
      const value = valueAt(after, path);
      const text = typeof value === 'string' && isTextAt(after, path, [path]) ? value : undefined;
      written.set(change.changeId, { text, isOfText: writes.every((operation) => operation.path === path) });
      writersAt.set(change.changeId, [change]);
    },
    versions: (at) => versionsBy(writersOf(at)),
  };
}

function versionsOf(
  latestFirst: readonly LoggedChange[],
  draft: (first: LoggedChange) => Draft,
): readonly TextVersion[] {
  const versions: TextVersion[] = [];
  for (const first of latestFirst) {
    if (!versions.some(({ writers }) => writers.includes(first))) {
      const version = draft(first);
      const writers = latestFirst.filter((writer) => writer === first || version.take(writer));
      versions.push({ text: version.text(), writers });
    }
  }
  return versions;
}

/** A version that begins with what one writer left, and takes in what others wrote as long as that does not contradict. */
interface Draft {
  take(writer: LoggedChange): boolean;
  text(): string;
}

interface Source {
  written(writer: LoggedChange): string;
  shownAt(at: readonly LoggedChange[]): string | undefined;
}

function drafts(graph: ChangeGraph, { written, shownAt }: Source): (first: LoggedChange) => Draft {
  const effort: Effort = { stepsLeft: ordinarySteps };
  const differences = new Map<ChangeId, { readonly base: string; readonly edits: readonly LineEdit[] }>();

  /** Most versions are made from one text, so that the last answer is asked for again. */
  function editsBy(writer: LoggedChange, base: string): readonly LineEdit[] {
    const last = differences.get(writer.changeId);
    const edits = last?.base === base ? last.edits : lineEdits(base, written(writer), effort);
    differences.set(writer.changeId, { base, edits });
    return edits;
  }

  return (first) => {
    const past = new Set([first.changeId, ...graph.pastBeyondLine(first.changeId)]);
    let version: { readonly base: string; readonly edits: readonly LineEdit[] } = { base: written(first), edits: [] };
    const text = (): string => withLineEdits(version.base, version.edits);
    return {
      text,
      take: (writer) => {
        const base = shownAt(commonHeads(graph, past, writer));
        if (base === undefined && text() !== written(writer)) {
          return false;
        }
        if (base !== undefined) {
          const mine = version.base === base ? version.edits : lineEdits(base, text(), effort);
          const edits = jointEdits(mine, editsBy(writer, base));
          if (edits === undefined) {
            return false;
          }
          version = { base, edits };
        }
        [writer.changeId, ...graph.pastBeyondLine(writer.changeId)].forEach((id) => past.add(id));
        return true;
      },
    };
  };
}

/** The latest changes that are both in a past and known to a writer. */
function commonHeads(graph: ChangeGraph, past: ReadonlySet<ChangeId>, writer: LoggedChange): readonly LoggedChange[] {
  const common = [...graph.pastBeyondLine(writer.changeId)]
    .filter((id) => past.has(id))
    .flatMap((id) => graph.get(id) ?? []);
  if (common.length === 0) {
    return graph.ordered.slice(0, graph.lineLength).slice(-1);
  }
  const withChild = new Set(common.flatMap(({ parents }) => parents));
  return common.filter(({ changeId }) => !withChild.has(changeId));
}
