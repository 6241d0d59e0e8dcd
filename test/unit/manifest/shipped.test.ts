import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { engineStates } from '../../../src/contract/states.ts';
import { encryptionScopes, mergeStrategies, policyClasses } from '../../../src/contract/manifest.ts';
import { reasonCodes } from '../../../src/contract/reasons.ts';
import { auditOutcomes } from '../../../src/contract/audit.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { canonicalEngines } from '../../../src/manifest/canonical.ts';
import { judgeManifest } from '../../../src/manifest/judge.ts';
import { compileRecordSchema, shippedRecordSchema } from '../../../src/manifest/record-schema.ts';
import { createRegistry } from '../../../src/manifest/registry.ts';
import { compileSchema } from '../../../src/manifest/schema-check.ts';
import { namesIn, parse, readJson, readText, shippedSources } from './shipped.ts';

describe('what ships', () => {
  it('is one manifest and one record schema for each canonical engine', () => {
    const expected = canonicalEngines.map((engine) => `${engine.collection}.json`).toSorted();
    expect(namesIn('manifests')).toEqual(expected);
    expect(namesIn('schemas/records')).toEqual(expected);
  });

  it.each(canonicalEngines)('the manifest of $engineId obeys the schema and every rule', (row) => {
    const judgement = judgeManifest(parse, readText(`manifests/${row.collection}.json`));
    expect(judgement).toMatchObject({ verdict: 'accept', status: 'compliant', findings: [] });
    expect(judgement.manifest).toMatchObject({
      engineId: row.engineId,
      collection: row.collection,
      ownerRepo: row.owners[0],
      policyClass: row.policyClass,
      encryptionScope: row.scopes[0],
      mergeStrategy: row.mergeStrategy,
    });
  });

  it('15 every strategy has a real user', () => {
    expect(new Set(canonicalEngines.map((engine) => engine.mergeStrategy))).toEqual(new Set(mergeStrategies));
  });

  it('the registry takes all of it without a word', () => {
    const registry = createRegistry({ parse, sources: shippedSources() });
    expect(registry.problems).toEqual([]);
    expect(registry.engines).toHaveLength(14);
    const off = registry.engines.filter((engine) => !engine.enabled).map((engine) => engine.manifest.collection);
    expect(off).toEqual(['agents', 'clients', 'policy']);
    expect(registry.ofCollection('notes')?.recordSchema.textPaths).toEqual(['/text']);
    expect(registry.ofCollection('presence')?.recordSchema.textPaths).toEqual(['/text']);
    expect(registry.ofCollection('policy')?.scopes).toEqual(['org', 'workspace']);
  });

  it('the closed sets of the schema are those of the contract', () => {
    const { properties } = readJson('schemas/SyncEngineManifest.json') as unknown as {
      readonly properties: Readonly<
        Record<string, { readonly enum: unknown; readonly items: { readonly enum: unknown } }>
      >;
    };
    expect(properties['policyClass']?.enum).toEqual(policyClasses);
    expect(properties['encryptionScope']?.enum).toEqual(encryptionScopes);
    expect(properties['mergeStrategy']?.enum).toEqual(mergeStrategies);
    expect(properties['stateCodes']?.items.enum).toEqual(engineStates);
    expect(properties['reasonCodes']?.items.enum).toEqual(reasonCodes);
    const audit = readJson('schemas/records/audit.json') as unknown as {
      readonly properties: { readonly outcome: { readonly enum: unknown } };
    };
    expect(audit.properties.outcome.enum).toEqual(auditOutcomes);
  });
});

const hash = `sha256:${'0'.repeat(64)}`;
const event: JsonObject = {
  id: 'urn:srcos:audit:00',
  type: 'AuditEvent',
  specVersion: '0.1.0',
  eventType: 'graph.write.accepted',
  occurredAt: '2026-01-01T00:00:00Z',
  actorId: 'urn:srcos:user:a',
  subjectId: 'urn:srcos:device:b',
  policyDomain: 'shell',
  outcome: 'allow',
  reasonCode: 'none',
  eventHash: hash,
};

describe('record schemas', () => {
  it.each<[string, boolean, JsonObject]>([
    ['clients', true, { label: 'a', platform: 'linux', appVersion: '1', publicKeys: { sign: 'a', box: 'b' } }],
    ['clients', false, { label: 'a', platform: 'linux', appVersion: '1', publicKeys: { sign: 'a' } }],
    [
      'clients',
      false,
      { label: 'a', platform: 'l', appVersion: '1', publicKeys: { sign: 'a', box: 'b' }, lastSeenAt: 'x' },
    ],
    ['workspace', true, { kind: 'task', title: 'a', edges: { e1: { type: 'part_of', to: 'workspace/b' } } }],
    ['workspace', false, { kind: 'task', title: 'a', edges: { e1: { type: 'part_of', to: 'b' } } }],
    ['workspace', false, { kind: 'planet', title: 'a' }],
    ['shell', true, { kind: 'alias', name: 'll', body: 'ls -l', shell: 'any', newer: 1 }],
    ['shell', true, { kind: 'env', name: 'TOKEN', body: { $secretRef: 'urn:srcos:secret:a' } }],
    ['shell', false, { kind: 'alias', name: 'll' }],
    ['shell', false, { kind: 'alias', name: 'll', body: 'x', shell: 'tcsh' }],
    ['agents', true, { name: 'a', tools: ['read'], trustTier: 1 }],
    ['agents', false, { tools: [] }],
    ['policy', true, { layer: 'org', generation: 1, rules: { 'shell.write': { kind: 'decision', value: 'deny' } } }],
    ['policy', false, { layer: 'org', generation: 1.5, rules: {} }],
    ['policy', false, { layer: 'org', generation: 1, rules: 'none' }],
    ['memory', true, { text: 'a', lifecycle: 'proposed', provenance: { by: 'a' }, confidence: 1 }],
    ['memory', false, { text: 'a', lifecycle: 'proposed', provenance: 'a', confidence: 1.1 }],
    ['browser', true, { kind: 'bookmark', title: 'a', url: 'https://example.org', parent: 'browser/root' }],
    ['browser', false, { kind: 'bookmark', title: 'a', parent: 'shell/root' }],
    ['secrets', true, { label: 'a', value: 'b' }],
    ['secrets', false, { label: 'a' }],
    ['audit', true, event],
    ['audit', false, { ...event, outcome: 'maybe' }],
    ['audit', false, { ...event, eventHash: 'md5:0' }],
    ['audit', false, { ...event, eventType: 'graph.write.accepted\n' }],
    ['audit', false, { ...event, subjectId: 'shell/ll' }],
    ['models', true, { kind: 'model', name: 'a', local: true, enabled: false, parameters: { heat: 0 } }],
    ['models', false, { kind: 'model', name: 'a', local: 'yes', enabled: false }],
    ['extensions', true, { host: 'vscode', extensionId: 'a.b', version: '1', enabled: true, permissions: ['net'] }],
    ['extensions', false, { host: 'vscode', extensionId: 'a.b', version: '1', enabled: true, permissions: [1] }],
    ['extensions', false, { host: 'vscode', extensionId: 'a.b', enabled: true }],
    ['extensions', true, { host: 'cursor', kind: 'setting', name: 'a', value: null }],
    ['extensions', false, { host: 'cursor', kind: 'setting', value: 1 }],
    ['notes', true, { kind: 'note', text: 'a', data: { pinned: true } }],
    ['notes', false, { kind: 'cursor' }],
    ['notes', false, { kind: 'note', text: 1 }],
    ['presence', true, { kind: 'note', text: 'a' }],
    ['presence', false, { kind: 'note', text: 1 }],
    ['inbox', true, { producer: 'a', body: null }],
    ['inbox', false, { body: {} }],
  ])('%s: %s %#', (collection, valid, fields) => {
    const schema = readJson(`schemas/records/${collection}.json`);
    const compiled = compileRecordSchema(schema);
    expect(compiled.ok && compiled.value.validate(fields).ok).toBe(valid);
    expect(shippedRecordSchema(schema).validate(fields)).toEqual(compiled.ok && compiled.value.validate(fields));
  });

  it.each([
    ...readdirSync('schemas/records').map((name) => `records/${name}`),
    ...['SyncEngineManifest.json', 'SourceOSRepoManifest.json', 'config.json'],
  ])('13 %s, which is compiled without its metaschema, holds to it', (name) => {
    expect(compileSchema(readJson(`schemas/${name}`), 'every_fault')).toMatchObject({ ok: true });
  });

  it('a fault names the place and never the value', () => {
    const compiled = compileRecordSchema(readJson('schemas/records/shell.json'));
    const verdict = compiled.ok ? compiled.value.validate({ kind: 'hunter2', name: 'a', body: 'b' }) : compiled;
    expect(verdict).toEqual({
      ok: false,
      error:
        'The value at /kind is none of the words allowed here. Write one of: alias, abbr, function, env, path, option, bind, completion, hook, trap, source, git, rc, prompt, file.',
    });
  });
});

describe('the configuration schema', () => {
  const compiled = compileSchema(readJson('schemas/config.json'), 'every_fault');
  const check = (value: JsonObject): readonly string[] =>
    compiled.ok
      ? compiled.value(value).map((fault) => `${fault.path} ${fault.rule} ${fault.remedy}`)
      : [compiled.error];
  const engine = (settings: JsonObject): JsonObject => ({ engines: { 'sourceos.sync.shell': settings } });

  it('takes what the documentation shows', () => {
    const [example] = readJson('schemas/config.json')['examples'] as readonly JsonObject[];
    expect(check(example ?? {})).toEqual([]);
    expect(check(engine({ scope: 'org', brake_share: 0.1, brake_minimum: 20, review_mode: 'per_device' }))).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [{ relay: { uri: 'wss://a' } }, '/relay/uri schema.unknown_field Did you mean "url"?'],
    [{ relays: {} }, '/relays schema.unknown_field Did you mean "relay"?'],
    [
      engine({ brake_shares: 1 }),
      '/engines/sourceos.sync.shell/brake_shares schema.unknown_field Did you mean "brake_share"?',
    ],
    [engine({ brake_share: 2 }), '/engines/sourceos.sync.shell/brake_share schema.maximum Correct the value.'],
    [{ relay: { url: 'http://a' } }, '/relay/url schema.pattern It must match ^wss?://.'],
  ])('%j: %s', (config, said) => {
    expect(check(config)).toContain(said);
  });

  it('an engine is named by its id', () => {
    expect(check({ engines: { shell: {} } })).not.toEqual([]);
  });
});
