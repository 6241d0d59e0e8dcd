import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, ObservedUnit, PlaceReport } from '../../../src/contract/observed-place.ts';
import type { PlaceSurroundings } from '../../../src/contract/place.ts';
import { whyInWords, whyKeptHere } from './kept-here.ts';
import { modelRecord } from './model-record.ts';
import { bytesIn } from '../../shared/small-file.ts';
import { namesIn, objectIn, treeBelow } from './small-files.ts';
import { unitId } from './unit-names.ts';

/** Models that Ollama fetched: what its manifests say. No weights are read, and Ollama is not asked. */
export const ollama: ObservedPlace = {
  name: 'ollama',
  lookedAt: (surroundings) => rootsOf(surroundings).flatMap((root) => treeBelow(root, depthOfTags)),
  observe,
  ...modelRecord('ollama'),
  onlyRead:
    'Models are fetched by Ollama alone. For one that another device has, run `ollama pull NAME:TAG`, then compare: `ollama list` shows the first twelve letters of its digest as ID. `ollama rm NAME:TAG` takes one away.',
  keepsRecords: false,
};

/** host/namespace/name/tag. */
const depthOfTags = 4;
const ownRegistry = 'registry.ollama.ai';
const mostBytes = 256 * 1024;
const mostInList = 10;

/** Newer versions write the first; what stands there goes before the other. */
function rootsOf({ home, environment }: PlaceSurroundings): readonly string[] {
  const set = environment['OLLAMA_MODELS'];
  const stores = set ? [set] : [`${home}/.ollama/models`, '/usr/share/ollama/.ollama/models'];
  return stores.flatMap((store) => [join(store, 'manifests'), join(store, 'manifests-v2')]);
}

interface Gathering {
  readonly kept: Map<string, string>;
  readonly units: ObservedUnit[];
  readonly faults: PlaceReport['faults'][number][];
  leftAlone: number;
}

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const gathering: Gathering = { kept: new Map(), units: [], faults: [], leftAlone: 0 };
  const roots = rootsOf(surroundings);
  const newestFirst = [...roots].sort((one, other) => Number(other.endsWith('-v2')) - Number(one.endsWith('-v2')));
  for (const root of newestFirst) {
    await gather(root, [], surroundings.home, gathering);
  }
  const { kept, units, ...rest } = gathering;
  return { ...rest, units: onceEach(units), held: (id) => kept.get(id) };
}

/** What is in both of them is one model. */
function onceEach(units: readonly ObservedUnit[]): readonly ObservedUnit[] {
  return [...new Map([...units].reverse().map((unit) => [unit.id, unit])).values()].reverse();
}

async function gather(root: string, parts: readonly string[], home: string, gathering: Gathering): Promise<void> {
  const path = join(root, ...parts);
  if (parts.length === depthOfTags) {
    await take(root, parts, home, gathering);
    return;
  }
  const names = await namesIn(path);
  if (names.kind === 'fault') {
    gathering.faults.push({ path, message: names.words });
    return;
  }
  for (const name of names.kind === 'read' ? names.value : []) {
    if (/^[\w-][\w.:-]*$/.test(name)) {
      await gather(root, [...parts, name], home, gathering);
    } else {
      gathering.leftAlone++;
    }
  }
}

async function take(root: string, parts: readonly string[], home: string, gathering: Gathering): Promise<void> {
  const path = join(root, ...parts);
  const read = await bytesIn(path, mostBytes);
  if (read.kind === 'absent') {
    gathering.leftAlone++;
    return;
  }
  if (read.kind === 'fault') {
    gathering.faults.push({ path, message: read.words });
    return;
  }
  const manifest = objectIn(read.value);
  if (manifest === undefined) {
    const message = 'It is no manifest of Ollama. Fetch the model again with `ollama pull`.';
    gathering.faults.push({ path, message });
    return;
  }
  const name = nameOf(parts);
  const id = unitId('ollama', 'model', name);
  const unit = await unitOf(join(root, '..', 'blobs'), manifest);
  const why = whyKeptHere(unit?.['parameters'] ?? null, home);
  if (id === undefined || unit === undefined || why !== undefined) {
    gathering.leftAlone++;
    gathering.kept.set(id ?? '', whyInWords(why));
    return;
  }
  const digest = `sha256:${createHash('sha256').update(read.value).digest('hex')}`;
  gathering.units.push({ id, path, text: canonicalText({ ...unit, registry: parts[0] as string, digest }) });
}

/** As Ollama shows it: without what it takes for granted. */
function nameOf([host, namespace, name, tag]: readonly string[]): string {
  const model = `${name}:${tag}`;
  if (host !== ownRegistry) {
    return `${host}/${namespace}/${model}`;
  }
  return namespace === 'library' ? model : `${namespace}/${model}`;
}

/** Undefined where it cannot be told whether the model runs here. */
async function unitOf(blobs: string, manifest: JsonObject): Promise<JsonObject | undefined> {
  return Array.isArray(manifest['manifests']) ? unitOfList(blobs, manifest['manifests']) : unitOfOne(blobs, manifest);
}

/** One for each way of running it, of which a machine has some: only what all machines see of it is said. */
async function unitOfList(blobs: string, list: readonly JsonValue[]): Promise<JsonObject | undefined> {
  const ones = list
    .slice(0, mostInList)
    .map((one) => (isJsonObject(one) && 'digest' in one ? blobOf(blobs, one) : one));
  const configs = await Promise.all(
    ones.map(async (one) => {
      const manifest = await one;
      return isJsonObject(manifest) ? blobOf(blobs, manifest['config']) : undefined;
    }),
  );
  const known = configs.filter(isJsonObject);
  const remote = known.find((config) => config['remote_host'] !== undefined);
  return known.length === 0 ? undefined : texts({ remoteHost: remote?.['remote_host'] });
}

async function unitOfOne(blobs: string, manifest: JsonObject): Promise<JsonObject | undefined> {
  const layers = Array.isArray(manifest['layers'])
    ? (manifest['layers'] as readonly JsonValue[]).filter(isJsonObject)
    : [];
  const layer = (kind: string): JsonObject | undefined =>
    layers.find(({ mediaType }) => mediaType === `application/vnd.ollama.image.${kind}`);
  const config = await blobOf(blobs, manifest['config']);
  const sizes = [manifest['config'], ...layers].map((one) => (isJsonObject(one) ? one['size'] : undefined));
  if (config === undefined || !sizes.every((size) => Number.isSafeInteger(size))) {
    return undefined;
  }
  const params = layer('params');
  const parameters = params === undefined ? undefined : await blobOf(blobs, params);
  const [system, template] = [layer('system')?.['digest'], layer('template')?.['digest']];
  return {
    size: (sizes as readonly number[]).reduce((sum, size) => sum + size, 0),
    ...texts({ family: config['model_family'], weights: config['model_type'], quantization: config['file_type'] }),
    ...texts({ remoteHost: config['remote_host'], remoteModel: config['remote_model'], system, template }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** Those that are there. */
function texts(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}

/** A small object that lies beside the weights. */
async function blobOf(blobs: string, layer: JsonValue | undefined): Promise<JsonObject | undefined> {
  const digest = isJsonObject(layer) ? layer['digest'] : undefined;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return undefined;
  }
  const read = await bytesIn(join(blobs, digest.replace(':', '-')), mostBytes);
  return read.kind === 'read' ? objectIn(read.value) : undefined;
}
