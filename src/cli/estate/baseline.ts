import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { EngineReport, EstateFinding, EstateReport, RepoReport } from '../../manifest/estate-report.ts';

/** What an earlier scan said, one text for each finding. */
export type Baseline = ReadonlySet<string>;

/** Reads the report of an earlier scan (`--format json`). */
export function readBaseline(text: string): Result<Baseline, string> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return err('The baseline is not JSON. Make one with: sourcesync scan DIR --format json > baseline.json');
  }
  const results = isJsonObject(value) ? value['results'] : undefined;
  if (!Array.isArray(results)) {
    return err('The baseline is no report of a scan. Make one with: sourcesync scan DIR --format json > baseline.json');
  }
  const said = new Set<string>();
  for (const repo of results as unknown as readonly Partial<RepoReport>[]) {
    for (const finding of repo.errors ?? []) {
      said.add(keyOf(String(repo.repo), '', finding));
    }
    for (const engine of repo.engines ?? []) {
      for (const finding of engine.findings ?? []) {
        said.add(keyOf(String(repo.repo), engine.engineId ?? '', finding));
      }
    }
  }
  return ok(said);
}

/** The report without what the baseline knows; repositories and engines with nothing new to say are left out. */
export function onlyNew(report: EstateReport, baseline: Baseline): EstateReport {
  const results = report.results.flatMap((repo) => {
    const errors = repo.errors.filter((finding) => !baseline.has(keyOf(repo.repo, '', finding)));
    const engines = repo.engines.flatMap((engine) => newInEngine(repo.repo, engine, baseline));
    return errors.length + engines.length === 0
      ? []
      : [{ ...repo, repoManifest: withoutOld(repo, errors), errors, engines }];
  });
  const named = new Set(results.flatMap(({ engines }) => engines.map(({ engineId }) => engineId)));
  const canonical = report.canonical.filter(({ engineId }) => named.has(engineId));
  const count = (status: EngineReport['status']): number =>
    results.reduce((sum, { engines }) => sum + engines.filter((engine) => engine.status === status).length, 0);
  const summary = { compliant: 0, partial: count('partial'), invalid: count('invalid'), missing: 0 };
  return { root: report.root, results, canonical, summary };
}

function withoutOld(repo: RepoReport, errors: readonly EstateFinding[]): RepoReport['repoManifest'] {
  return repo.repoManifest === 'invalid' && errors.length === 0 ? 'valid' : repo.repoManifest;
}

function newInEngine(repo: string, engine: EngineReport, baseline: Baseline): readonly EngineReport[] {
  const findings = engine.findings.filter(
    (finding) => finding.severity !== 'notice' && !baseline.has(keyOf(repo, engine.engineId ?? '', finding)),
  );
  return findings.length === 0 ? [] : [{ ...engine, findings }];
}

/** Lines and words may change without the finding being another one. */
function keyOf(repo: string, engineId: string, { file, rule, path }: EstateFinding): string {
  return JSON.stringify([repo, engineId, file, rule, path]);
}
