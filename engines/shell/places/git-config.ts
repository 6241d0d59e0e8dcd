import type { JsonObject } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { type Place, type PlaceCodec, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { type LineUnit, type LineUnits, lineUnits, withCommentsAbove, withLine } from './line-span.ts';
import { whyItStays } from './stays-here.ts';
import { createRanks, nameOfPart } from '../../../src/base/coded-name.ts';
import { idPart } from './unit-names.ts';

/** The settings of git for one person. `include` and `credential` sections name places of this machine and stay here. */
export const gitConfig: Place = {
  name: 'git',
  files: (surroundings) => [ownFile(surroundings), `${settingsFolder(surroundings)}/git/config`],
  newUnits: ownFile,
  hookLine: undefined,
  open: async ({ home }) => codecFor(home),
};

function ownFile({ home, environment }: PlaceSurroundings): string {
  return environment['GIT_CONFIG_GLOBAL'] || `${home}/.gitconfig`;
}

function codecFor(home: string): PlaceCodec {
  return {
    ...lineUnits((text) => parsed(text, home), insert),
    fieldsOf: (id, unit): JsonObject => ({ kind: 'git', name: nameOf(id), body: unit, shell: 'any' }),
    unitOf: (id, { kind, name, body }) =>
      id.startsWith('git/') && kind === 'git' && name === nameOf(id) && typeof body === 'string' ? body : undefined,
  };
}

const header = /^\ufeff?[ \t]*\[[ \t]*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\]|\\.)*)")?[ \t]*\][ \t]*(?:[#;].*)?$/;
const setting =
  /^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=(?:[^"\\\n#;]|\\(?:["\\ntb]|\r?\n)|"(?:[^"\\\n]|\\(?:["\\ntb]|\r?\n))*")*(?:[#;].*)?)?\r?$/;
/** A section and its first setting on one line, which is left alone. */
const oneLine = /^[ \t]*\[[^\n]*\][ \t]*[A-Za-z]/;
const unreadable =
  'It could not be taken apart: git reads nothing of a file in which a quote is not closed or a line is no setting.';

function parsed(text: string, home: string): Result<LineUnits, string> {
  const spans: LineUnit[] = [];
  const kept = new Map<string, string>();
  /** Behind a line that nobody can tell, a section may be another one than it seems. */
  const unclear = new Set<string>();
  const ranked = createRanks();
  let isBroken = false;
  let leftAlone = 0;
  // Behind the line that a comment may belong to.
  let floor = 0;
  for (const { start, end, line, section, isHeader } of linesOf(text)) {
    const key = isHeader ? undefined : setting.exec(line)?.[1];
    isBroken &&= !isHeader;
    const from = key === undefined ? start : withCommentsAbove(text, start, floor, /^[ \t]*[#;]/);
    const isClear = key !== undefined && section !== undefined && !isBroken;
    const id = isClear ? ranked(`git/${section}.${key.toLowerCase()}`) : '';
    const why = isClear ? (whyLocal(section, key) ?? whyOfHere(section, text.slice(from, end), home)) : undefined;
    if (why !== undefined) {
      kept.set(id, why);
    }
    if (key !== undefined && !isClear) {
      unclear.add(key.toLowerCase());
    }
    if (isClear && why === undefined) {
      spans.push({ id, start: from, end });
    } else if (!isHeader && !/^\s*([#;].*)?$/.test(line)) {
      if (key === undefined && !oneLine.test(line)) {
        return err(unreadable);
      }
      leftAlone++;
      if (key === undefined) {
        isBroken = true;
        wordsIn(line).forEach((word) => unclear.add(word));
      }
    }
    if (!/^[ \t]*[#;]/.test(line)) {
      floor = end + 1;
    }
  }
  const mayHold = (id: string): boolean =>
    unclear.has(
      nameOf(id)
        .replace(/\[\d+\]$/, '')
        .split('.')
        .at(-1) ?? '',
    );
  return ok({ spans, leftAlone, held: (id) => kept.get(id), nameless: [], ...(unclear.size === 0 ? {} : { mayHold }) });
}

function wordsIn(line: string): readonly string[] {
  return line.toLowerCase().match(/[a-z][a-z0-9-]*/g) ?? [];
}

interface SettingLine {
  readonly start: number;
  /** Before the line break. */
  readonly end: number;
  readonly line: string;
  /** The section that it stands in, or begins; undefined before the first. */
  readonly section: string | undefined;
  readonly isHeader: boolean;
}

function* linesOf(text: string): Generator<SettingLine> {
  let section: string | undefined;
  for (let start = 0; start < text.length; ) {
    const end = endOfLogicalLine(text, start);
    const line = text.slice(start, end);
    const named = header.exec(line);
    section = named === null ? section : sectionOf(named[1] ?? '', named[2]);
    yield { start, end, line, section, isHeader: named !== null };
    start = end + 1;
  }
}

/** A line and those that it goes on in, by a backslash at its end. */
function endOfLogicalLine(text: string, start: number): number {
  const isComment = /^[ \t]*[#;]/.test(text.slice(start, text.indexOf('\n', start)));
  for (let from = start; ; ) {
    const next = text.indexOf('\n', from);
    if (next === -1) {
      return text.length;
    }
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\\r?$/.test(text.slice(from, next));
    if (!isContinued || isComment) {
      return next;
    }
    from = next + 1;
  }
}

/** Section names do not heed case, subsections do. */
function sectionOf(name: string, sub: string | undefined): string {
  return sub === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${idPart(sub.replaceAll(/\\(.)/g, '$1'))}`;
}

/** Paths and programs of one machine. */
function whyLocal(section: string, key: string): string | undefined {
  const isLocal =
    /^(include|includeif|credential|safe|maintenance)(\.|$)/.test(section) || key.toLowerCase() === 'path';
  return isLocal ? 'it is of one machine' : undefined;
}

/** Its section says as much as the line itself: `[url "https://me:password@host/"]`. */
function whyOfHere(section: string, unit: string, home: string): string | undefined {
  return whyItStays(unit, home) ?? whyItStays(nameOfPart(section), home);
}

function nameOf(id: string): string {
  return nameOfPart(id.slice('git/'.length));
}

/** Behind the last line of its section, or in a new one at the end. */
function insert(text: string, id: string, unit: string): string {
  const key = id.slice('git/'.length).replace(/\[\d+\]$/, '');
  const section = key.slice(0, key.lastIndexOf('.'));
  const last = [...linesOf(text)].findLast((one) => one.section === section && one.line.trim() !== '')?.end;
  if (last !== undefined) {
    return `${text.slice(0, last)}\n${unit}${last === text.length ? '\n' : text.slice(last)}`;
  }
  return withLine(withLine(text, headerOf(section)), unit);
}

function headerOf(section: string): string {
  const dot = section.indexOf('.');
  if (dot === -1) {
    return `[${section}]`;
  }
  const sub = nameOfPart(section.slice(dot + 1));
  return `[${section.slice(0, dot)} "${sub.replaceAll(/["\\]/g, '\\$&')}"]`;
}
