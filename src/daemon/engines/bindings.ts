import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assert } from '../../base/assert.ts';
import type { JsonObject } from '../../base/json.ts';
import { createManifestParser } from '../../manifest/parse.ts';
import { type ManifestSource, type RegisteredEngine, createRegistry } from '../../manifest/registry.ts';
import type { DeclaredPlace, Manifest } from '../../contract/manifest.ts';
import { faultOfPlace } from './declared-place.ts';
import type { Bindings, CollectionBinding } from '../../replica/names/binding.ts';
import type { EngineConfig } from '../ground/config.ts';
import { engineFor } from './engine-modules.ts';
import { type EngineScript, readEngineScript } from './engine-script.ts';
import { packageRoot } from '../ground/package-root.ts';

export interface LoadedBindings {
  readonly bindings: Bindings;
  /**
   * Manifests and scope choices that were not used, in words, with rule, place and remedy. A script that fails later is
   * added, once for each way in which it fails.
   */
  readonly problems: readonly string[];
}

const manifestsFolder = join(packageRoot, 'manifests');
const schemasFolder = join(packageRoot, 'schemas');

/** Loads every shipped manifest and those of third parties; a bad one is a problem in words and stops no other. */
export function loadBindings(
  thirdPartyFolders: readonly string[],
  engineConfig: Readonly<Record<string, EngineConfig>>,
): LoadedBindings {
  const unreadable: string[] = [];
  const sources = [
    ...shippedSources(),
    ...thirdPartyFolders.flatMap((folder) => thirdPartySources(folder, unreadable)),
  ];
  const registry = createRegistry({
    parse: createManifestParser(readJson(join(schemasFolder, 'SyncEngineManifest.json'))),
    sources,
  });
  const faults = registry.problems
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ source, rule, path, message, remedy }) =>
        `${source}${path === '' ? '' : ` at ${path}`} (${rule}): ${message} ${remedy}`,
    );
  const problems = [...unreadable, ...faults];
  const bound = registry.engines.map((engine) => bind(engine, engineConfig[engine.manifest.engineId], problems));
  const byCollection = new Map(bound.map((binding) => [binding.manifest.collection as string, binding]));
  const bindings: Bindings = {
    all: () => bound,
    ofCollection: (name) => byCollection.get(name),
    schemaOf: (name) => registry.engines.find(({ manifest }) => manifest.collection === name)?.recordSchema.schema,
  };
  return { bindings, problems };
}

function bind(engine: RegisteredEngine, config: EngineConfig | undefined, problems: string[]): CollectionBinding {
  const { manifest, recordSchema, scopes } = engine;
  const wanted = config?.scope ?? manifest.encryptionScope;
  const permitted = scopes.includes(wanted);
  if (!permitted) {
    problems.push(
      `${manifest.engineId}: the scope ${wanted} is not one the registry lists; choose one of ${scopes.join(', ')}.`,
    );
  }
  return {
    manifest,
    engine: engineFor(manifest.engineId, scriptBeside(engine, problems)),
    scope: permitted ? wanted : manifest.encryptionScope,
    textPaths: recordSchema.textPaths,
    references: recordSchema.references,
    tree: recordSchema.tree,
    reviewMode: config?.review_mode ?? 'once',
    validate: (fields) => recordSchema.validate(fields),
  };
}

/** `NAME.js` beside a third-party manifest; one that cannot be used is a problem in words, and the engine goes on without. */
function scriptBeside({ source, manifest }: RegisteredEngine, problems: string[]): EngineScript | undefined {
  const path = source.name.replace(/\.json$/, '.js');
  if (source.origin !== 'third_party' || !existsSync(path)) {
    return undefined;
  }
  const script = readEngineScript(
    path,
    (fault) => {
      const problem = `${path} (${manifest.engineId}): ${fault}`;
      if (!problems.includes(problem)) {
        problems.push(problem);
      }
    },
    placesOf(manifest, path, problems),
  );
  if (!script.ok) {
    problems.push(`${path}: ${script.error}`);
    return undefined;
  }
  return script.value;
}

/** Those that may be followed; the others are problems in words. */
function placesOf(manifest: Manifest, path: string, problems: string[]): readonly DeclaredPlace[] {
  const declared = manifest.places ?? [];
  if (declared.length > 0 && manifest.mergeStrategy !== 'manual_review') {
    problems.push(
      `${path}: its places are not followed, because its records would not wait for a person. Write "mergeStrategy": "manual_review".`,
    );
    return [];
  }
  return declared.filter((place) => {
    const fault = faultOfPlace(place);
    if (fault !== undefined) {
      problems.push(`${path}: the place ${place.name} is not followed: ${fault}`);
    }
    return fault === undefined;
  });
}

function shippedSources(): readonly ManifestSource[] {
  return manifestFiles(manifestsFolder).map((path) => {
    const schema = join(schemasFolder, 'records', basename(path));
    assert(existsSync(schema), `every shipped manifest has a record schema, ${schema} too`);
    return { name: path, origin: 'shipped', content: readFileSync(path), recordSchema: readFileSync(schema) };
  });
}

/** `NAME.json` with an optional record schema `NAME.schema.json` beside it. An unreadable file is reported as empty. */
function thirdPartySources(folder: string, unreadable: string[]): readonly ManifestSource[] {
  return filesOrNone(folder, unreadable)
    .filter((path) => !path.endsWith('.schema.json'))
    .map((path) => {
      const schema = path.replace(/\.json$/, '.schema.json');
      const source: ManifestSource = { name: path, origin: 'third_party', content: readOrEmpty(path) };
      return existsSync(schema) ? { ...source, recordSchema: readOrEmpty(schema) } : source;
    });
}

function manifestFiles(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/** A folder that cannot be listed is a problem in words, and stops no other. */
function filesOrNone(folder: string, unreadable: string[]): readonly string[] {
  try {
    return manifestFiles(folder);
  } catch (cause) {
    unreadable.push(
      `${folder} cannot be listed: ${(cause as Error).message}. Make it a folder that this user may read, or remove it.`,
    );
    return [];
  }
}

/** Opens regular files alone: reading a pipe would wait for ever. */
function readOrEmpty(path: string): Uint8Array {
  try {
    return statSync(path).isFile() ? readFileSync(path) : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

function readJson(path: string): JsonObject {
  return JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
}
