import { readdir, stat } from 'node:fs/promises';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { type KnownDisabled, readDisabled } from './disabled.ts';
import { type Editor, editors } from './editors.ts';
import { type ListedExtension, readExtensionList } from './extension-list.ts';
import { manifestFields } from './extension-manifest.ts';
import { idsOf, isOf, profileIn } from './in-profiles.ts';
import { profilesOf } from './profiles.ts';
import { textIn } from '../../shared/small-file.ts';

/** What is installed in an editor: each extension a record `host/publisher.name`. */
export const installedPlaces: readonly ObservedPlace[] = editors.map(placeOf);

const mostListBytes = 16 * 1024 * 1024;
const mostManifestBytes = 4 * 1024 * 1024;
/** Manifests that are read at once. */
const atOnce = 16;

/** By its path: what a manifest said, as long as it is the same file. */
type KnownManifests = Map<string, { readonly look: string; readonly fields: JsonObject }>;

function placeOf(editor: Editor): ObservedPlace {
  const { host, command, userFolder } = editor;
  const known = new Map<string, Known>();
  const listOf = (id: string, surroundings: PlaceSurroundings): List | undefined =>
    listsOf(editor, surroundings).find(({ profile }) => profile === profileIn(id));
  return {
    name: `${host}-extensions`,
    lookedAt: (surroundings) => [
      `${editor.extensionsFolder(surroundings)}/extensions.json`,
      ...profilesOf(userFolder?.(surroundings))
        .folders()
        .map((folder) => `${folder}/extensions.json`),
    ],
    async observe(surroundings) {
      const lists = listsOf(editor, surroundings);
      const reports = [];
      for (const list of lists) {
        const mine: Known = known.get(list.path) ?? { manifests: new Map(), disabled: new Map() };
        known.set(list.path, mine);
        reports.push(await observedList(editor, list, editor.extensionsFolder(surroundings), mine));
      }
      return together(host, lists, reports);
    },
    fileOf: (id, surroundings) => listOf(id, surroundings)?.path,
    fieldsOf(id, unit): JsonObject {
      const { prefix, fields } = idsOf(`${host}/`, host, profileIn(id));
      return { ...fields, extensionId: id.slice(prefix.length), ...(JSON.parse(unit) as JsonObject) };
    },
    unitOf(id, { host: itsHost, profile, extensionId, ...fields }) {
      const ids = idsOf(`${host}/`, host, profileIn(id));
      const isNamed = typeof extensionId === 'string' && id === ids.prefix + extensionId.toLowerCase();
      return isNamed && isOf(ids, { host: itsHost ?? null, ...(profile === undefined ? {} : { profile }) })
        ? canonicalText(fields)
        : undefined;
    },
    onlyRead: `Extensions come and go by the editor itself, which keeps this list. Install what is missing with: ${command} --install-extension PUBLISHER.NAME@VERSION, and remove what is gone with: ${command} --uninstall-extension PUBLISHER.NAME (id and version as sourcesync records ls extensions has them${userFolder === undefined ? '' : '; for a profile with --profile NAME'}).`,
    keepsRecords: false,
  };
}

/** A list of what is installed: that of the default profile, or the one of another. */
interface List {
  readonly profile: string | undefined;
  readonly path: string;
  /** The database in which the editor notes what is off; undefined where it has none. */
  readonly state: string | undefined;
}

interface Known {
  readonly manifests: KnownManifests;
  readonly disabled: KnownDisabled;
}

function listsOf(editor: Editor, surroundings: PlaceSurroundings): readonly List[] {
  const folder = editor.userFolder?.(surroundings);
  const stateIn = (of: string): string => `${of}/globalStorage/state.vscdb`;
  return [
    {
      profile: undefined,
      path: `${editor.extensionsFolder(surroundings)}/extensions.json`,
      state: folder && stateIn(folder),
    },
    ...[...profilesOf(folder).named('extensions')].map(([profile, its]) => ({
      ...{ profile, path: `${its}/extensions.json`, state: stateIn(its) },
    })),
  ];
}

/** A profile that is not here, or whose list says nothing, keeps its records. */
function together(host: string, lists: readonly List[], reports: readonly PlaceReport[]): PlaceReport {
  const spoken = new Set(
    lists.filter((_list, index) => reports[index]?.units.length !== 0).map(({ profile }) => profile),
  );
  return {
    units: reports.flatMap(({ units }) => units),
    faults: reports.flatMap(({ faults }) => faults),
    leftAlone: reports.reduce((sum, { leftAlone }) => sum + leftAlone, 0),
    held(id) {
      const profile = profileIn(id);
      const isSilent = profile !== undefined && id.startsWith(`${host}/`) && !spoken.has(profile);
      const [why] = reports.flatMap((report) => report.held?.(id) ?? []);
      return why ?? (isSilent ? 'no profile of this machine is called so, or its list says nothing' : undefined);
    },
  };
}

async function observedList(editor: Editor, list: List, folder: string, known: Known): Promise<PlaceReport> {
  const report = await observed(editor, list, folder, known.manifests);
  const { prefix } = idsOf(`${editor.host}/`, editor.host, list.profile);
  return list.state === undefined || report.units.length === 0
    ? report
    : withDisabled(report, list.state, prefix, known.disabled);
}

async function observed(editor: Editor, list: List, folder: string, known: KnownManifests): Promise<PlaceReport> {
  const { path, profile } = list;
  const nothing: PlaceReport = { units: [], faults: [], leftAlone: 0 };
  const report = (words: string): PlaceReport => ({ ...nothing, faults: [{ path, message: words }] });
  const reading = await textIn(path, mostListBytes);
  if (reading.kind === 'absent') {
    return profile === undefined && (await hasFolders(folder))
      ? report(`The list of installed extensions is missing; ${editor.command} makes it anew when it starts.`)
      : nothing;
  }
  if (reading.kind === 'fault') {
    return report(reading.words);
  }
  // A profile begins with none.
  if (profile !== undefined && /^\s*\[\s*\]\s*$/.test(reading.value)) {
    return nothing;
  }
  const read = readExtensionList(reading.value, editor);
  if (!read.ok) {
    return report(
      `${read.error} It says nothing about what is installed until ${editor.command} has written it again.`,
    );
  }
  const units: ObservedUnit[] = [];
  const faults = read.value.unclear.map((message) => ({ path, message }));
  const { prefix } = idsOf(`${editor.host}/`, editor.host, profile);
  for (const [one, manifest] of await manifestsOf(folder, read.value.extensions, known)) {
    if (manifest === undefined) {
      const message = `${one.id} is in the list and its package.json cannot be read. Install it again, or remove it.`;
      faults.push({ path: `${folder}/${one.folder}`, message });
    } else {
      const fields = { enabled: true, version: one.version, ...one.listed, ...manifest };
      units.push({ id: prefix + one.id, text: canonicalText(fields), path });
    }
  }
  const { leftAlone, held } = read.value;
  const isHeld = (id: string): boolean => id.startsWith(prefix) && held.has(id.slice(prefix.length));
  return {
    units,
    faults,
    leftAlone,
    held: (id) => (isHeld(id) ? 'it is installed for this machine alone' : undefined),
  };
}

/** Where nobody can tell what is off, nothing is believed: it would be switched on for the others. */
async function withDisabled(
  report: PlaceReport,
  state: string,
  prefix: string,
  known: KnownDisabled,
): Promise<PlaceReport> {
  const disabled = await readDisabled(state, known);
  if (!disabled.ok) {
    return { ...report, units: [], faults: [...report.faults, { path: state, message: disabled.error }] };
  }
  const isOff = (id: string): boolean => disabled.value.has(id.slice(prefix.length));
  return {
    ...report,
    units: report.units.map((unit) =>
      isOff(unit.id)
        ? { ...unit, text: canonicalText({ ...(JSON.parse(unit.text) as JsonObject), enabled: false }) }
        : unit,
    ),
  };
}

/** False also where the editor never was. */
async function hasFolders(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => !name.startsWith('.'));
}

async function manifestsOf(
  folder: string,
  extensions: readonly ListedExtension[],
  known: KnownManifests,
): Promise<readonly (readonly [ListedExtension, JsonObject | undefined])[]> {
  const all: (readonly [ListedExtension, JsonObject | undefined])[] = [];
  for (let start = 0; start < extensions.length; start += atOnce) {
    const some = extensions.slice(start, start + atOnce);
    all.push(...(await Promise.all(some.map(async (one) => [one, await manifestOf(folder, one, known)] as const))));
  }
  const named = new Set(extensions.map((one) => manifestPath(folder, one)));
  [...known.keys()].filter((path) => !named.has(path)).forEach((path) => known.delete(path));
  return all;
}

function manifestPath(folder: string, { folder: own }: ListedExtension): string {
  return `${folder}/${own}/package.json`;
}

async function manifestOf(
  folder: string,
  extension: ListedExtension,
  known: KnownManifests,
): Promise<JsonObject | undefined> {
  const path = manifestPath(folder, extension);
  const look = await stat(path).then(
    ({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
    () => undefined,
  );
  const before = known.get(path);
  if (look !== undefined && before?.look === look) {
    return before.fields;
  }
  const reading = await textIn(path, mostManifestBytes);
  const fields = reading.kind === 'read' ? manifestFields(reading.value) : undefined;
  if (fields !== undefined && look !== undefined) {
    known.set(path, { look, fields });
  }
  return fields;
}
