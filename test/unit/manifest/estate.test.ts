import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { assembleEstate } from '../../../src/manifest/assemble-estate.ts';
import type { EstateReport } from '../../../src/manifest/estate-report.ts';
import { type FoundRepo, judgeRepo } from '../../../src/manifest/judge-repo.ts';
import { createManifestReader } from '../../../src/manifest/parse.ts';
import { createRepoManifestJudge, maximumRepoManifestBytes } from '../../../src/manifest/repo-manifest.ts';
import { repoManifest } from '../estate/setup-estate.ts';
import { manifestText, readJson } from './shipped.ts';

const readEngine = createManifestReader(readJson('schemas/SyncEngineManifest.json'));
const judges = {
  readEngine,
  judgeRepoManifest: createRepoManifestJudge(readJson('schemas/SourceOSRepoManifest.json'), readEngine),
};

const engine = (changes: JsonObject = {}): JsonObject => JSON.parse(manifestText(changes)) as JsonObject;
const shipped = (collection: string, changes: JsonObject = {}): JsonObject => ({
  ...readJson(`manifests/${collection}.json`),
  ...changes,
});

/** A repository with a manifest of this name and these engines, and engines in files of their own. */
function found(
  path: string,
  repo: string | undefined,
  engines: readonly JsonValue[] = [],
  more: Partial<FoundRepo> & { readonly files?: readonly JsonObject[] } = {},
): FoundRepo {
  const { files = [], ...rest } = more;
  const bytes = repo === undefined ? undefined : utf8(JSON.stringify(repoManifest(repo, engines)));
  return {
    ...{ path, remote: undefined, faults: [] },
    repoManifest: bytes && { file: '.sourceos/manifest.json', bytes },
    candidates: files.map((file, index) => ({ file: `${index}.json`, bytes: utf8(JSON.stringify(file)) })),
    ...rest,
  };
}

const estate = (...repos: readonly FoundRepo[]): EstateReport =>
  assembleEstate(
    '/',
    repos.map((repo) => judgeRepo(repo, judges)),
  );

const statuses = ({ results }: EstateReport): readonly string[] =>
  results.flatMap(({ path, engines }) => engines.map(({ engineId, status }) => `${path} ${engineId} ${status}`));

const canonical = ({ canonical: all }: EstateReport, engineId: string): string | undefined =>
  all.find((each) => each.engineId === engineId)?.status;

describe('the manifest of a repository', () => {
  it('20 is judged apart from its engines, and each of them by itself', () => {
    const engines = [engine(), engine({ engineId: 'sourceos.sync.bad', collection: 'bad', policyClass: 'extreme' })];
    const repo = { ...repoManifest('example/lists', engines), surprise: 1 };
    const bytes = utf8(JSON.stringify(repo));
    const report = estate(found('a', undefined, [], { repoManifest: { file: 'm', bytes } }));
    expect(report.results[0]?.repoManifest).toBe('invalid');
    expect(statuses(report)).toEqual(['a sourceos.sync.lists compliant', 'a sourceos.sync.bad invalid']);
  });

  it('20 has at most 1 MiB', () => {
    const whole = JSON.stringify(repoManifest('example/lists'));
    const rules = [0, 1].map((beyond) => {
      const bytes = utf8(whole.padEnd(maximumRepoManifestBytes + beyond));
      return judges.judgeRepoManifest(bytes).findings.map(({ rule }) => rule);
    });
    expect(rules).toEqual([[], ['json.size']]);
    expect(maximumRepoManifestBytes).toBe(1024 * 1024);
  });

  it('21 an engine that lacks fields is partial, as is one that nobody declares', () => {
    const { supportsExport: _lacks, ...partial } = engine();
    const report = estate(found('a', 'example/lists', [partial, 'sourceos.sync.nowhere']));
    expect(statuses(report)).toEqual(['a sourceos.sync.lists partial', 'a sourceos.sync.nowhere partial']);
    expect(report.summary).toMatchObject({ partial: 2, invalid: 0 });
  });

  it('21 a reference that is answered, here or elsewhere, is compliant', () => {
    const here = estate(found('a', 'example/lists', ['sourceos.sync.lists'], { files: [engine()] }));
    expect(statuses(here)).toEqual(['a sourceos.sync.lists compliant']);
    const elsewhere = estate(
      found('a', 'example/user', ['sourceos.sync.lists']),
      found('b', 'example/lists', [engine()]),
    );
    expect(statuses(elsewhere)).toEqual(['a sourceos.sync.lists compliant', 'b sourceos.sync.lists compliant']);
  });

  it('22 names it, else its remote does, else its path', () => {
    const names = estate(
      found('a', 'example/lists', [], { remote: 'acme/a' }),
      found('b', undefined, [], { remote: 'acme/b' }),
      found('c/d', undefined),
    ).results.map(({ repo }) => repo);
    expect(names).toEqual(['example/lists', 'acme/b', 'c/d']);
  });

  it.each([
    ['its own by name', found('x', 'example/lists', [], { files: [engine()] }), true],
    ['its own by remote', found('x', undefined, [], { remote: 'Example/Lists', files: [engine()] }), true],
    ['its own by the name of its folder', found('y/lists', undefined, [], { files: [engine()] }), true],
    ["another's", found('x', 'acme/other', [], { files: [engine()] }), false],
    [
      "another's by name, whatever its remote is",
      found('x', 'acme/other', [], { remote: 'example/lists', files: [engine()] }),
      false,
    ],
    ["another's, whatever its folder is called", found('lists', 'acme/other', [], { files: [engine()] }), false],
  ])('22 an engine that is %s counts: %#', (_whose, repo, counted) => {
    const report = estate(repo);
    expect(report.results[0]?.engines).toMatchObject([{ declares: counted, status: 'compliant' }]);
    expect(report.summary.compliant).toBe(counted ? 1 : 0);
  });
});

describe('the estate', () => {
  const [one, other] = ['SocioProphet/prophet-workspace', 'SocioProphet/sociosphere'];
  const workspace = (ownerRepo: string, changes: JsonObject = {}): JsonObject =>
    shipped('workspace', { ownerRepo, ...changes });
  const { supportsExport: _lacks, ...lacking } = workspace(other);

  it('23 a canonical engine is as good as its worst declaration by an owner', () => {
    const id = 'sourceos.sync.workspace';
    const owner = found('a', one, [workspace(one)]);
    expect(canonical(estate(owner), id)).toBe('compliant');
    expect(canonical(estate(found('b', other, [lacking])), id)).toBe('partial');
    expect(canonical(estate(owner, found('b', other, [lacking])), id)).toBe('invalid');
    expect(canonical(estate(owner, found('c', 'acme/copy', [workspace(one)])), id)).toBe('compliant');
    expect(canonical(estate(found('d', 'acme/d', [id])), id)).toBe('partial');
    expect(canonical(estate(), id)).toBe('missing');
  });

  it('24 of two engines on one collection the canonical one keeps it, else both are invalid', () => {
    const rival = engine({ engineId: 'sourceos.sync.rival', collection: 'workspace', ownerRepo: 'acme/rival' });
    const canonicalOne = estate(found('a', one, [workspace(one)]), found('b', 'acme/rival', [rival]));
    expect(statuses(canonicalOne)).toEqual(['a sourceos.sync.workspace compliant', 'b sourceos.sync.rival invalid']);
    const second = engine({ engineId: 'sourceos.sync.second', ownerRepo: 'acme/second' });
    const both = estate(found('a', 'example/lists', [engine()]), found('b', 'acme/second', [second]));
    expect(statuses(both)).toEqual(['a sourceos.sync.lists invalid', 'b sourceos.sync.second invalid']);
    const rules = both.results.flatMap(({ engines }) => engines.flatMap(({ findings }) => findings));
    expect(rules.map(({ rule }) => rule)).toEqual(['R1', 'R1']);
  });

  it('24 one engine is declared twice by owners who share it and say the same, and by nobody else', () => {
    const twice = (changes: JsonObject): readonly string[] =>
      statuses(estate(found('a', one, [workspace(one)]), found('b', other, [workspace(other, changes)])));
    const id = 'sourceos.sync.workspace';
    expect(twice({})).toEqual([`a ${id} compliant`, `b ${id} compliant`]);
    expect(twice({ supportsExport: false })).toEqual([`a ${id} invalid`, `b ${id} invalid`]);
    const inOne = estate(found('a', 'example/lists', [engine()], { files: [engine()] }));
    expect(statuses(inOne)).toEqual(['a sourceos.sync.lists invalid', 'a sourceos.sync.lists invalid']);
  });

  it('25 two repositories of one name are both wrong', () => {
    const report = estate(found('a', 'acme/tool'), found('b', 'Acme/Tool'), found('c', 'acme/other'));
    expect(
      report.results.map(({ repoManifest: judged, errors }) => [judged, ...errors.map(({ rule }) => rule)]),
    ).toEqual([['invalid', 'estate.name_twice'], ['invalid', 'estate.name_twice'], ['valid']]);
  });
});
