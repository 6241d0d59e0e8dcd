import type { EngineId } from '../base/ids.ts';
import type { EncryptionScope, Manifest } from '../contract/manifest.ts';
import { canonicalEngines, canonicalOfCollection, canonicalOfEngine, permittedScopes } from './canonical.ts';
import { isSemanticVersion } from './careful.ts';
import type { ManifestFinding } from './finding.ts';
import { judgeManifest } from './judge.ts';
import { type ManifestParser, parseManifestText } from './parse.ts';
import { compileRecordSchema, genericRecordSchema, shippedRecordSchema, type RecordSchema } from './record-schema.ts';

/** A manifest file as it was found, before anybody has looked into it. */
export interface ManifestSource {
  /** What messages call it: usually its path. */
  readonly name: string;
  readonly origin: 'shipped' | 'third_party';
  readonly content: Uint8Array | string;
  /** The collection's record schema; without one any object is a record. */
  readonly recordSchema?: Uint8Array | string;
}

export interface RegisteredEngine {
  readonly manifest: Manifest;
  readonly source: ManifestSource;
  readonly enabled: boolean;
  /** Scopes that configuration may choose; the manifest's stands first. */
  readonly scopes: readonly EncryptionScope[];
  readonly recordSchema: RecordSchema;
}

/** A finding, and the manifest that it is about. */
export interface ManifestProblem extends ManifestFinding {
  readonly source: string;
}

export interface Registry {
  /** Sorted by engine id; at most one enabled engine a collection. */
  readonly engines: readonly RegisteredEngine[];
  /** Errors (that manifest is not used; all others are) and warnings (it is). */
  readonly problems: readonly ManifestProblem[];
  ofEngine(engineId: string): RegisteredEngine | undefined;
  /** The enabled engine of a collection, else the one that is switched off. */
  ofCollection(collection: string): RegisteredEngine | undefined;
}

export interface RegistryInput {
  readonly parse: ManifestParser;
  readonly sources: readonly ManifestSource[];
  /** What the configuration says of an engine; undefined leaves it to the manifest. */
  readonly isEnabled?: (engineId: EngineId) => boolean | undefined;
}

/**
 * Judges every manifest by itself, then all together (R1). A bad one is reported and never stops the others.
 * Where two claim one engine or one collection, the canonical engine wins, then what ships, then the order given.
 */
export function createRegistry(input: RegistryInput): Registry {
  const problems: ManifestProblem[] = [];
  const candidates = input.sources.flatMap((source) => readSource(input, source, problems));
  const byPrecedence = candidates.toSorted((left, right) => precedence(left) - precedence(right));
  const engines: RegisteredEngine[] = [];
  for (const candidate of byPrecedence) {
    const conflict = conflictWith(candidate, engines);
    if (conflict === undefined) {
      engines.push(candidate);
    } else {
      problems.push(conflict);
    }
  }
  problems.push(...missingManifests(engines));
  engines.sort((left, right) => (left.manifest.engineId < right.manifest.engineId ? -1 : 1));
  const byPreference = [...engines.filter((engine) => engine.enabled), ...engines];
  return {
    engines,
    problems,
    ofEngine: (engineId) => engines.find((engine) => engine.manifest.engineId === engineId),
    ofCollection: (collection) => byPreference.find((engine) => engine.manifest.collection === collection),
  };
}

function readSource(input: RegistryInput, source: ManifestSource, problems: ManifestProblem[]): RegisteredEngine[] {
  const { manifest, findings } = judgeManifest(input.parse, source.content);
  problems.push(
    ...findings
      .filter((finding) => finding.severity !== 'notice')
      .map((finding) => ({ ...finding, source: source.name })),
  );
  if (manifest === undefined) {
    return [];
  }
  if (!isSemanticVersion(manifest.schemaVersion)) {
    const message =
      'The schema version is no semantic version, so that no older record could be told from a newer one.';
    problems.push(problem(source.name, 'schema.version', '/schemaVersion', message, 'Write MAJOR.MINOR.PATCH.'));
    return [];
  }
  const recordSchema = readRecordSchema(source, problems);
  const enabled = input.isEnabled?.(manifest.engineId) ?? manifest.defaultEnabled;
  return recordSchema === undefined ? [] : [{ manifest, source, enabled, scopes: scopesOf(manifest), recordSchema }];
}

function readRecordSchema(source: ManifestSource, problems: ManifestProblem[]): RecordSchema | undefined {
  if (source.recordSchema === undefined) {
    return genericRecordSchema;
  }
  const document = parseManifestText(source.recordSchema);
  if (!document.ok) {
    problems.push(...document.error.map((finding) => ({ ...finding, source: `${source.name} (record schema)` })));
    return undefined;
  }
  if (source.origin === 'shipped') {
    return shippedRecordSchema(document.value.value);
  }
  const compiled = compileRecordSchema(document.value.value);
  if (!compiled.ok) {
    const message = `Its record schema cannot be used: ${compiled.error}.`;
    const remedy = 'Correct the record schema (JSON Schema, draft 2020-12), or remove it.';
    problems.push(problem(source.name, 'schema.record', '', message, remedy));
    return undefined;
  }
  return compiled.value;
}

/** The manifest's own scope first, then the listed alternatives. */
function scopesOf(manifest: Manifest): readonly EncryptionScope[] {
  return [...new Set([manifest.encryptionScope, ...permittedScopes(manifest)])];
}

function precedence(engine: RegisteredEngine): number {
  const isCanonical = canonicalOfEngine(engine.manifest.engineId)?.collection === engine.manifest.collection;
  return (isCanonical ? 0 : 2) + (engine.source.origin === 'shipped' ? 0 : 1);
}

function conflictWith(candidate: RegisteredEngine, taken: readonly RegisteredEngine[]): ManifestProblem | undefined {
  const { engineId, collection } = candidate.manifest;
  const same = taken.find((engine) => engine.manifest.engineId === engineId);
  if (same !== undefined) {
    const message = `The engine ${engineId} is already declared by ${same.source.name}.`;
    return problem(candidate.source.name, 'R1', '/engineId', message, 'Keep one of the two manifests.');
  }
  const rival = taken.find((engine) => engine.manifest.collection === collection);
  // A canonical collection is never handed to another engine, not even while its own is switched off.
  const isReserved = canonicalOfCollection(collection) !== undefined;
  if (rival === undefined || !(isReserved || (rival.enabled && candidate.enabled))) {
    return undefined;
  }
  const message = `The collection "${collection}" is already served by ${rival.manifest.engineId} (${rival.source.name}).`;
  const remedy = isReserved ? 'Give this engine a collection of its own.' : `Switch one of the two off, or rename.`;
  return problem(candidate.source.name, 'R1', '/collection', message, remedy);
}

function missingManifests(engines: readonly RegisteredEngine[]): readonly ManifestProblem[] {
  return canonicalEngines
    .filter((row) => !engines.some((engine) => engine.manifest.engineId === row.engineId))
    .map((row) => {
      const message = `The engine ${row.engineId} has no usable manifest, so "${row.collection}" is not served here.`;
      return problem(`manifests/${row.collection}.json`, 'R1', '', message, 'Install the manifest again.');
    });
}

function problem(source: string, rule: string, path: string, message: string, remedy: string): ManifestProblem {
  return { severity: 'error', source, rule, path, line: 1, column: 1, message, remedy };
}
