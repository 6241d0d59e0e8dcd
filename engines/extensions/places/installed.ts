import { readdir, stat } from 'node:fs/promises';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import { type KnownDisabled, readDisabled } from './disabled.ts';
import { type Editor, editors } from './editors.ts';
import { type ListedExtension, readExtensionList } from './extension-list.ts';
import { manifestFields } from './extension-manifest.ts';
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
  const { host, command } = editor;
  const prefix = `${host}/`;
  const known: KnownManifests = new Map();
  const disabled: KnownDisabled = new Map();
  return {
    name: `${host}-extensions`,
    lookedAt: (surroundings) => [`${editor.extensionsFolder(surroundings)}/extensions.json`],
    async observe(surroundings) {
      const { userFolder } = editor;
      const state = userFolder && `${userFolder(surroundings)}/globalStorage/state.vscdb`;
      const report = await observed(editor, editor.extensionsFolder(surroundings), known);
      return state === undefined || report.units.length === 0 ? report : withDisabled(report, state, prefix, disabled);
    },
    fieldsOf: (id, unit): JsonObject => ({
      ...{ host, extensionId: id.slice(prefix.length) },
      ...(JSON.parse(unit) as JsonObject),
    }),
    unitOf(id, { host: itsHost, extensionId, ...fields }) {
      const isMeant = itsHost === host && typeof extensionId === 'string' && id === prefix + extensionId.toLowerCase();
      return isMeant ? canonicalText(fields) : undefined;
    },
    onlyRead: `Extensions come and go by the editor itself, which keeps this list. Install what is missing with: ${command} --install-extension PUBLISHER.NAME@VERSION, and remove what is gone with: ${command} --uninstall-extension PUBLISHER.NAME (id and version as sourcesync records ls extensions has them).`,
    keepsRecords: false,
  };
}

async function observed(editor: Editor, folder: string, known: KnownManifests): Promise<PlaceReport> {
  const path = `${folder}/extensions.json`;
  const report = (words: string): PlaceReport => ({ units: [], faults: [{ path, message: words }], leftAlone: 0 });
  const reading = await textIn(path, mostListBytes);
  if (reading.kind === 'absent') {
    return (await hasFolders(folder))
      ? report(`The list of installed extensions is missing; ${editor.command} makes it anew when it starts.`)
      : { units: [], faults: [], leftAlone: 0 };
  }
  if (reading.kind === 'fault') {
    return report(reading.words);
  }
  const list = readExtensionList(reading.value, editor);
  if (!list.ok) {
    return report(
      `${list.error} It says nothing about what is installed until ${editor.command} has written it again.`,
    );
  }
  const units: ObservedUnit[] = [];
  const faults = list.value.unclear.map((message) => ({ path, message }));
  for (const [one, manifest] of await manifestsOf(folder, list.value.extensions, known)) {
    if (manifest === undefined) {
      const message = `${one.id} is in the list and its package.json cannot be read. Install it again, or remove it.`;
      faults.push({ path: `${folder}/${one.folder}`, message });
    } else {
      const fields = { enabled: true, version: one.version, ...one.listed, ...manifest };
      units.push({ id: `${editor.host}/${one.id}`, text: canonicalText(fields), path });
    }
  }
  const { leftAlone, held } = list.value;
  const prefix = `${editor.host}/`;
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
