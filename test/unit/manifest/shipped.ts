import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../../src/base/json.ts';
import { createManifestParser, type ManifestParser } from '../../../src/manifest/parse.ts';
import type { ManifestSource } from '../../../src/manifest/registry.ts';

const root = new URL('../../../', import.meta.url);

export function readJson(path: string): JsonObject {
  return JSON.parse(readText(path)) as JsonObject;
}

export function readText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function namesIn(folder: string): readonly string[] {
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.json'))
    .toSorted();
}

export const parse: ManifestParser = createManifestParser(readJson('schemas/SyncEngineManifest.json'));

/** The manifests and record schemas that ship, as the daemon would hand them over. */
export function shippedSources(): readonly ManifestSource[] {
  return namesIn('manifests').map((name) => ({
    name: `manifests/${name}`,
    origin: 'shipped',
    content: readText(`manifests/${name}`),
    recordSchema: readText(`schemas/records/${name}`),
  }));
}

/** A manifest that nothing is wrong with, less or more what the test says. */
export function manifestText(changes: JsonObject = {}): string {
  return JSON.stringify({
    engineId: 'sourceos.sync.lists',
    collection: 'lists',
    schemaVersion: '0.1.0',
    ownerRepo: 'example/lists',
    defaultEnabled: true,
    policyClass: 'medium',
    encryptionScope: 'profile',
    mergeStrategy: 'graph_merge',
    supportsTombstones: true,
    supportsRollback: true,
    supportsExport: true,
    dangerousFields: [],
    auditEvents: ['graph.write.accepted'],
    ...changes,
  });
}
