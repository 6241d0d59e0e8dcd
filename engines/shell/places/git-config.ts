import type { JsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Place, PlaceCodec } from '../../../src/contract/place.ts';
import { type LineUnit, lineUnits, withCommentsAbove, withLine } from './line-span.ts';
import { createRanks, idPart, nameOfPart } from './unit-names.ts';

/** The settings of git for one person. `include` and `credential` sections name places of this machine and stay here. */
export const gitConfig: Place = {
  name: 'git',
  files: ({ home, environment }) => [
    environment['GIT_CONFIG_GLOBAL'] || `${home}/.gitconfig`,
    `${environment['XDG_CONFIG_HOME'] || `${home}/.config`}/git/config`,
  ],
  newUnits: ({ home, environment }) => environment['GIT_CONFIG_GLOBAL'] || `${home}/.gitconfig`,
  hookLine: undefined,
  open: async () => codec,
};

const codec: PlaceCodec = {
  ...lineUnits((text) => ok(parsed(text)), insert),
  fieldsOf: (id, unit): JsonObject => ({ kind: 'git', name: nameOf(id), body: unit, shell: 'any' }),
  unitOf: (id, { kind, body }) =>
    id.startsWith('git/') && kind === 'git' && typeof body === 'string' ? body : undefined,
};

const header = /^[ \t]*\[[ \t]*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\]|\\.)*)")?[ \t]*\][ \t]*(?:[#;].*)?$/;
const setting = /^[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=.*)?$/s;

function parsed(text: string): { readonly spans: readonly LineUnit[]; readonly leftAlone: number } {
  const spans: LineUnit[] = [];
  const ranked = createRanks();
  let section: string | undefined;
  let leftAlone = 0;
  // Behind the line that a comment may belong to.
  let floor = 0;
  for (let start = 0; start < text.length; ) {
    const end = endOfLogicalLine(text, start);
    const line = text.slice(start, end);
    const named = header.exec(line);
    const key = named === null ? setting.exec(line)?.[1] : undefined;
    if (named !== null) {
      section = sectionOf(named[1] ?? '', named[2]);
    } else if (key !== undefined && section !== undefined && !isLocal(section, key)) {
      const id = ranked(`git/${section}.${key.toLowerCase()}`);
      spans.push({ id, start: withCommentsAbove(text, start, floor), end });
    } else if (!/^[ \t]*([#;].*)?$/.test(line)) {
      leftAlone++;
      section = key === undefined ? undefined : section;
    }
    if (!/^[ \t]*[#;]/.test(line)) {
      floor = end + 1;
    }
    start = end + 1;
  }
  return { spans, leftAlone };
}

/** A line and those that it goes on in, by a backslash at its end. */
function endOfLogicalLine(text: string, start: number): number {
  for (let from = start; ; ) {
    const next = text.indexOf('\n', from);
    if (next === -1) {
      return text.length;
    }
    const isContinued =
      /(?:^|[^\\])(?:\\\\)*\\\r?$/.test(text.slice(start, next)) && !/^[ \t]*[#;]/.test(text.slice(start, next));
    if (!isContinued) {
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
function isLocal(section: string, key: string): boolean {
  return /^(include|includeif|credential|safe|maintenance)(\.|$)/.test(section) || key.toLowerCase() === 'path';
}

function nameOf(id: string): string {
  return nameOfPart(id.slice('git/'.length));
}

/** Behind the last line of its section, or in a new one at the end. */
function insert(text: string, id: string, unit: string): string {
  const key = id.slice('git/'.length).replace(/\[\d+\]$/, '');
  const section = key.slice(0, key.lastIndexOf('.'));
  let inside: string | undefined;
  let last: number | undefined;
  for (let start = 0; start < text.length; ) {
    const end = endOfLogicalLine(text, start);
    const line = text.slice(start, end);
    const named = header.exec(line);
    inside = named === null ? inside : sectionOf(named[1] ?? '', named[2]);
    if (inside === section && line.trim() !== '') {
      last = end;
    }
    start = end + 1;
  }
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
