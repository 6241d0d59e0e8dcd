import { canonicalText } from '../../../src/base/canonical-json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { claudeFolder } from './claude-settings.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';
import { isName, saysWhatItIs } from './server-unit.ts';
import { type FoundText, filesBelow, knownFiles, textIn } from './text-folders.ts';

const kinds = { agents: 'agent', commands: 'command', skills: 'skill' } as const;
type Folder = keyof typeof kinds;
const folders = Object.keys(kinds) as readonly Folder[];

/** Agents, commands and skills of Claude Code: each a file, a skill with whatever lies beside it. */
export const claudeTexts: ObservedPlace = {
  name: 'claude-files',
  lookedAt: (surroundings) => {
    const roots = folders.map((folder) => `${claudeFolder(surroundings)}/${folder}`);
    return [...roots, ...roots.flatMap(knownFiles)];
  },
  observe,
  fieldsOf,
  unitOf(id, fields) {
    const { text, files } = fields;
    const isUnit = typeof text === 'string' && (files === undefined || isJsonObject(files));
    const unit = isUnit ? unitText(text, files as JsonObject | undefined) : '';
    return isUnit && kindOf(id) !== undefined && saysWhatItIs(fields, fieldsOf(id, unit)) ? unit : undefined;
  },
  onlyRead:
    'Each of them may run things here. Read it first (sourcesync reviews show), then write its text into the file yourself.',
  keepsRecords: false,
};

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const units: ObservedUnit[] = [];
  const faults: PlaceReport['faults'][number][] = [];
  const kept = new Set<string>();
  let leftAlone = 0;
  for (const folder of folders) {
    const root = `${claudeFolder(surroundings)}/${folder}`;
    const found = await filesBelow(root, folder === 'skills');
    faults.push(...found.faults);
    leftAlone += found.leftAlone;
    found.unread.forEach((name) => kept.add(idOf(folder, name)));
    for (const one of found.texts) {
      const read = await textIn(one.path);
      const unit = 'fault' in read ? undefined : unitIn(folder, one, read.text, surroundings.home);
      if ('fault' in read) {
        faults.push({ path: one.path, message: read.fault });
      } else if (unit === undefined) {
        leftAlone++;
        kept.add(idOf(folder, one.name));
      } else {
        units.push(unit);
      }
    }
  }
  return { units, faults, leftAlone, held: (id) => (isAmong(kept, id) ? whyHeld : undefined) };
}

function idOf(folder: Folder, name: string): string {
  return `claude-files/${kinds[folder]}/${encodeURIComponent(name.toWellFormed())}`;
}

/** Itself, its file, or (a skill) its text, or a folder that it lies in. */
function isAmong(kept: ReadonlySet<string>, id: string): boolean {
  const names = [id, `${id}.md`, `${id}%2FSKILL.md`];
  const ends = [...id.matchAll(/%2F/g)].map(({ index }) => id.slice(0, index));
  return [...names, ...ends].some((name) => kept.has(name));
}

function unitIn(
  folder: Folder,
  { path, name, files }: FoundText,
  text: string | undefined,
  home: string,
): ObservedUnit | undefined {
  const isShared = text !== undefined && isName(name) && !isOfThisMachine(text, home);
  return isShared ? { id: idOf(folder, name), text: unitText(text, files), path } : undefined;
}

function unitText(text: string, files: JsonObject | undefined): string {
  return canonicalText(files === undefined ? { text } : { text, files });
}

function kindOf(id: string): string | undefined {
  const [place, kind = ''] = id.split('/');
  return place === 'claude-files' && (Object.values(kinds) as readonly string[]).includes(kind) ? kind : undefined;
}

function fieldsOf(id: string, unit: string): JsonObject {
  const name = nameOfPart(id.split('/').slice(2).join('/'));
  const { text, files } = JSON.parse(unit) as { readonly text: string; readonly files?: JsonValue };
  return { kind: kindOf(id) ?? '', app: 'claude', name, text, ...(files === undefined ? {} : { files }) };
}
