import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { createRegistry, type ManifestSource, type Registry } from '../../../src/manifest/registry.ts';
import { manifestText, parse, readText, shippedSources } from './shipped.ts';

const thirdParty = (name: string, changes: JsonObject, recordSchema?: string): ManifestSource => ({
  name: `engines.d/${name}.json`,
  origin: 'third_party',
  content: manifestText(changes),
  ...(recordSchema === undefined ? {} : { recordSchema }),
});

const registryWith = (
  sources: readonly ManifestSource[],
  isEnabled?: (engineId: string) => boolean | undefined,
): Registry =>
  createRegistry({
    parse,
    sources: [...sources, ...shippedSources()],
    ...(isEnabled === undefined ? {} : { isEnabled }),
  });

const said = (registry: Registry): readonly string[] =>
  registry.problems.map((problem) => `${problem.source} ${problem.rule} ${problem.path}`);

describe('the registry', () => {
  it('13 serves a third-party engine by manifest alone, with any object as record', () => {
    const registry = registryWith([thirdParty('lists', {})]);
    expect(registry.problems).toEqual([]);
    expect(registry.ofCollection('lists')).toMatchObject({ enabled: true, scopes: ['profile'] });
    expect(registry.ofCollection('lists')?.recordSchema.validate({ anything: [1] }).ok).toBe(true);
  });

  it('12 a bad manifest is reported with rule, path and remedy, and does not stop the others', () => {
    const bad: ManifestSource = { name: 'engines.d/bad.json', origin: 'third_party', content: '{"engineId":7' };
    const registry = registryWith([bad, thirdParty('extra', { extra: 1 }), thirdParty('lists', {})]);
    expect(said(registry)).toEqual([
      'engines.d/bad.json json.syntax ',
      'engines.d/extra.json schema.unknown_field /extra',
    ]);
    expect(registry.problems.every((problem) => problem.remedy !== '' && problem.severity === 'error')).toBe(true);
    expect(registry.engines).toHaveLength(15);
  });

  it('10 R1: the canonical engine keeps its collection, whatever the order and even while it is off', () => {
    const rival = thirdParty('rival', { collection: 'policy', engineId: 'sourceos.sync.acme' });
    const registry = registryWith([rival]);
    expect(said(registry)).toEqual(['engines.d/rival.json R8 /engineId', 'engines.d/rival.json R1 /collection']);
    expect(registry.ofCollection('policy')?.manifest.engineId).toBe('sourceos.sync.policy-fabric');
    expect(registry.ofCollection('policy')?.enabled).toBe(false);
  });

  it('9 R1: of two manifests with one engine id, what ships wins', () => {
    const copy: ManifestSource = {
      name: 'copy.json',
      origin: 'third_party',
      content: readText('manifests/shell.json'),
    };
    const registry = registryWith([copy]);
    expect(said(registry)).toEqual(['copy.json R1 /engineId']);
    expect(registry.ofEngine('sourceos.sync.shell')?.source.origin).toBe('shipped');
  });

  it('R1: two others on one collection: the first given serves it, the second is reported', () => {
    const first = thirdParty('first', { engineId: 'sourceos.sync.first' });
    const second = thirdParty('second', { engineId: 'sourceos.sync.second' });
    const registry = registryWith([first, second]);
    expect(said(registry)).toEqual(['engines.d/second.json R1 /collection']);
    expect(registry.ofCollection('lists')?.manifest.engineId).toBe('sourceos.sync.first');
  });

  it('11 R1: two others share a collection while one of them is off', () => {
    const first = thirdParty('first', { engineId: 'sourceos.sync.first' });
    const second = thirdParty('second', { engineId: 'sourceos.sync.second' });
    const registry = registryWith([first, second], (id) => (id === 'sourceos.sync.first' ? false : undefined));
    expect(registry.problems).toEqual([]);
    expect(registry.ofCollection('lists')?.manifest.engineId).toBe('sourceos.sync.second');
  });

  it('R1: a canonical engine without a usable manifest is missed by name', () => {
    const sources = shippedSources().filter((source) => source.name !== 'manifests/shell.json');
    expect(said(createRegistry({ parse, sources }))).toEqual(['manifests/shell.json R1 ']);
  });

  it('configuration decides over the manifest', () => {
    const registry = registryWith([], (id) => (id === 'sourceos.sync.agent-registry' ? true : undefined));
    expect(registry.ofCollection('agents')?.enabled).toBe(true);
    expect(registry.ofCollection('clients')?.enabled).toBe(false);
  });

  it('6 a warning is told and the engine is used', () => {
    const registry = registryWith([thirdParty('lists', { mergeStrategy: 'never_merge' })]);
    expect(registry.problems).toMatchObject([{ severity: 'warning', rule: 'R4', path: '/encryptionScope' }]);
    expect(registry.ofCollection('lists')?.enabled).toBe(true);
  });

  it('a version that orders nothing refuses its engine, whatever the schema allows', () => {
    const registry = registryWith([thirdParty('lists', { schemaVersion: '1' })]);
    expect(said(registry)).toEqual([
      'engines.d/lists.json care.schema_version /schemaVersion',
      'engines.d/lists.json schema.version /schemaVersion',
    ]);
    expect(registry.ofCollection('lists')).toBeUndefined();
  });

  it('13 a record schema is obeyed', () => {
    const registry = registryWith([
      thirdParty(
        'lists',
        {},
        '{"type":"object","required":["a"],"properties":{"b":{"properties":{"c~/":{"type":"string","x-merge":"text"}}}}}',
      ),
    ]);
    const schema = registry.ofCollection('lists')?.recordSchema;
    expect(registry.problems).toEqual([]);
    expect(schema?.validate({})).toEqual({ ok: false, error: 'The field "a" is missing. Add "a".' });
    expect(schema?.textPaths).toEqual(['/b/c~0~1']);
  });

  it.each([
    ['no JSON', '{', 'engines.d/lists.json (record schema) json.syntax '],
    ['no schema', '{"type":"thing"}', 'engines.d/lists.json schema.record '],
    ['a reference elsewhere', '{"$ref":"https://example.org/a.json"}', 'engines.d/lists.json schema.record '],
    ['asynchronous', '{"$async":true}', 'engines.d/lists.json schema.record '],
    ['an unknown keyword', '{"x-unknown":1}', 'engines.d/lists.json schema.record '],
    ['a broken pattern', '{"type":"string","pattern":"("}', 'engines.d/lists.json schema.record '],
  ])('14 a record schema that is %s refuses its engine alone', (_title, recordSchema, problem) => {
    const registry = registryWith([thirdParty('lists', {}, recordSchema)]);
    expect(said(registry)).toEqual([problem]);
    expect(registry.ofCollection('lists')).toBeUndefined();
    expect(registry.engines).toHaveLength(14);
  });
});
