import { describe, expect, it } from 'vitest';
import { fixtureEstate, repoAt, saidOf, scan } from './setup-estate.ts';

const report = scan(fixtureEstate);

type Row = readonly [path: string, repoManifest: string, engines: readonly string[], said: readonly string[]];

const engine0 = '/syncEngines/0';

const rows: readonly Row[] = [
  ['sourceos-spec', 'valid', ['clients compliant', 'secrets compliant', 'audit compliant'], []],
  ['prophet-workspace', 'valid', ['workspace compliant'], []],
  ['sociosphere', 'valid', ['workspace compliant'], []],
  ['sourceos-shell', 'valid', ['shell compliant'], []],
  ['policy-fabric', 'valid', ['policy-fabric compliant'], []],
  ['holmes', 'missing', [], []],
  ['bear-browser', 'valid', ['browser compliant'], [`R8 ${engine0}/policyClass`]],
  [
    'memory-mesh',
    'valid',
    ['memory-mesh partial'],
    [`schema.required ${engine0}/supportsExport`, `schema.required ${engine0}/auditEvents`],
  ],
  ['model-carry', 'valid', ['models partial'], [`R2 ${engine0}/mergeStrategy`]],
  ['agent-docs', 'valid', ['agent-registry partial', 'shell compliant'], [`R7 ${engine0}`]],
  ['rule-3', 'valid', ['rockets invalid'], [`R3 ${engine0}/mergeStrategy`]],
  [
    'rule-4',
    'valid',
    ['keyring invalid', 'tokens compliant'],
    [
      `R4 ${engine0}/mergeStrategy`,
      `R4 ${engine0}/encryptionScope`,
      `R8 ${engine0}/engineId`,
      'R1',
      'R4 /syncEngines/1/encryptionScope',
    ],
  ],
  ['rule-5', 'valid', ['trail invalid'], [`R5 ${engine0}/mergeStrategy`, `R8 ${engine0}/engineId`, 'R1']],
  ['rule-6', 'valid', ['dotfiles invalid'], [`schema.enum ${engine0}/mergeStrategy`, `R8 ${engine0}/engineId`, 'R1']],
  ['rule-6b', 'valid', ['recall invalid'], [`R6 ${engine0}/mergeStrategy`, `R8 ${engine0}/engineId`, 'R1']],
  ['two-engines-a', 'valid', ['boards invalid'], ['R1']],
  ['two-engines-b', 'valid', ['kanban invalid'], ['R1']],
  ['same-name-a', 'invalid', [], ['estate.name_twice /repo']],
  ['same-name-b', 'invalid', [], ['estate.name_twice /repo']],
  [
    'wrong-repo-manifest',
    'invalid',
    ['lists compliant'],
    [
      'schema.unknown_field /surprise',
      'schema.enum /domain',
      'schema.minItems /policyClasses',
      'schema.pattern /dangerousSurfaces/0',
    ],
  ],
  ['empty', 'invalid', [], ['json.empty']],
  ['bom', 'invalid', [], ['json.bom']],
  ['not-utf8', 'invalid', [], ['json.utf8']],
  ['trailing-comma', 'invalid', [], ['json.syntax']],
  ['duplicate-keys', 'invalid', [], ['json.duplicate_key /repo']],
  ['proto', 'invalid', [], ['json.forbidden_key /__proto__']],
  ['nan', 'invalid', [], ['json.syntax /repo']],
  ['no-object', 'invalid', [], ['schema.type']],
  [
    'newline-in-id',
    'valid',
    ['lines\n invalid'],
    [`schema.not ${engine0}/engineId`, `schema.pattern ${engine0}/engineId`],
  ],
  ['manifest-is-folder', 'invalid', [], ['estate.unreadable']],
  ['sourceos-is-file', 'invalid', [], ['estate.unreadable']],
  [
    'careful',
    'valid',
    ['careful compliant'],
    [
      `care.schema_version ${engine0}/schemaVersion`,
      `care.collection_dots ${engine0}/collection`,
      `care.credential ${engine0}/dangerousFields/0`,
      `care.lookalike ${engine0}/dangerousFields/1`,
    ],
  ],
  ['examples', 'missing', ['shell invalid', 'shell compliant'], ['R6 /mergeStrategy', 'R8 /mergeStrategy']],
  ['monorepo', 'valid', ['null invalid'], ['json.syntax']],
  ['monorepo/packages/nested', 'valid', ['nested compliant'], []],
];

describe('the fixture estate', () => {
  it.each(rows)('%s: manifest %s', (path, manifest, engines, said) => {
    const repo = repoAt(report, path);
    expect(repo?.repoManifest).toBe(manifest);
    expect(
      repo?.engines.map(({ engineId, status }) => `${String(engineId).replace('sourceos.sync.', '')} ${status}`),
    ).toEqual(engines);
    expect(saidOf(repo)).toEqual(said);
  });

  it('has no repository but these', () => {
    expect(report.results.map(({ path }) => path).toSorted()).toEqual(rows.map(([path]) => path).toSorted());
    expect(rows.length).toBeGreaterThanOrEqual(20);
  });

  it('shows every status and every rule about manifests', () => {
    const engines = report.results.flatMap((repo) => repo.engines);
    expect(new Set([...engines.map(({ status }) => status), ...report.canonical.map(({ status }) => status)])).toEqual(
      new Set(['compliant', 'partial', 'invalid', 'missing']),
    );
    const rules = new Set(engines.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
    expect(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8'].filter((rule) => !rules.has(rule))).toEqual([]);
  });

  it('knows of each canonical engine who declares it', () => {
    expect(
      report.canonical.map(({ engineId, status, declaredBy }) => [engineId.slice(14), status, declaredBy]),
    ).toEqual([
      ['clients', 'compliant', ['SourceOS-Linux/sourceos-spec']],
      ['workspace', 'compliant', ['SocioProphet/prophet-workspace', 'SocioProphet/sociosphere']],
      ['shell', 'compliant', ['SourceOS-Linux/sourceos-shell']],
      ['agent-registry', 'partial', []],
      ['policy-fabric', 'compliant', ['SocioProphet/policy-fabric']],
      ['memory-mesh', 'partial', ['SocioProphet/memory-mesh']],
      ['browser', 'compliant', ['SourceOS-Linux/BearBrowser']],
      ['secrets', 'compliant', ['SourceOS-Linux/sourceos-spec']],
      ['audit', 'compliant', ['SourceOS-Linux/sourceos-spec']],
      ['models', 'partial', ['SourceOS-Linux/sourceos-model-carry']],
      ['extensions', 'missing', []],
    ]);
  });

  it('18 names both lines of a key that stands twice', () => {
    expect(repoAt(report, 'duplicate-keys')?.errors[0]).toMatchObject({
      line: 4,
      message: expect.stringContaining('line 2') as string,
    });
  });

  it('18 names the strategy that was probably meant', () => {
    expect(repoAt(report, 'rule-6')?.engines[0]?.findings[0]?.message).toBe(
      'last_write_wins is not a merge strategy; for this collection the registry says manual_review.',
    );
  });

  it('counts copies nowhere', () => {
    expect(repoAt(report, 'examples')?.engines.every(({ declares }) => !declares)).toBe(true);
    expect(report.summary).toEqual({ compliant: 12, partial: 3, invalid: 9, missing: 1 });
  });
});
