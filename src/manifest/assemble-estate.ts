import { canonicalText } from '../base/canonical-json.ts';
import { groupBy } from '../base/group-by.ts';
import { canonicalEngines, canonicalOfEngine } from './canonical.ts';
import type {
  CanonicalReport,
  EngineReport,
  EngineStatus,
  EstateFinding,
  EstateReport,
  JudgedEngine,
  JudgedRepo,
  RepoReport,
} from './estate-report.ts';
import { isReference } from './judge-repo.ts';

interface Declaration {
  readonly repo: JudgedRepo;
  readonly engine: JudgedEngine;
}

/** The estate as a whole: what single repositories cannot know is added to them (R1, R7), in the order given. */
export function assembleEstate(root: string, repos: readonly JudgedRepo[]): EstateReport {
  const named = withSharedNames(repos);
  const declared = named.flatMap((repo) =>
    repo.engines.filter((engine) => engine.declares && !isReference(engine)).map((engine) => ({ repo, engine })),
  );
  const conflicts = conflictsAmong(declared);
  const declaring = new Map(declared.map(({ repo, engine }) => [engine.engineId, repo.repo]));
  const results = named.map((repo) => ({
    ...repo,
    engines: repo.engines.map((engine) => settled(engine, conflicts.get(engine), declaring.get(engine.engineId))),
  }));
  const canonical = canonicalEngines
    .filter(({ inRegistry }) => inRegistry)
    .map(({ engineId }) => canonicalReport(engineId, results));
  return { root, results, canonical, summary: summaryOf(results, canonical) };
}

/** Two repositories that claim one name are both wrong until a person says which is which. */
function withSharedNames(repos: readonly JudgedRepo[]): readonly JudgedRepo[] {
  const pathsByName = new Map<string, string[]>();
  for (const { repo, path, repoManifest } of repos) {
    if (repoManifest === 'valid') {
      const key = repo.toLowerCase();
      pathsByName.set(key, [...(pathsByName.get(key) ?? []), path]);
    }
  }
  return repos.map((repo) => {
    const others = (pathsByName.get(repo.repo.toLowerCase()) ?? []).filter((path) => path !== repo.path);
    if (repo.repoManifest !== 'valid' || others.length === 0) {
      return repo;
    }
    const error: EstateFinding = {
      ...{ severity: 'error', rule: 'estate.name_twice', path: '/repo', file: '.sourceos/manifest.json' },
      ...{ line: 1, column: 1 },
      message: `The name ${repo.repo} is also claimed by ${others.join(', ')}.`,
      remedy: 'Correct "repo" in the one that is not this repository, or scan one of the two checkouts alone.',
    };
    return { ...repo, repoManifest: 'invalid', errors: [...repo.errors, error] };
  });
}

/** R1: a collection has one engine, and an engine one manifest. The canonical engine of a collection keeps it. */
function conflictsAmong(declared: readonly Declaration[]): ReadonlyMap<EngineReport, EstateFinding> {
  const byEngine = groupBy(
    declared.filter(({ engine }) => engine.engineId !== null),
    ({ engine }) => engine.engineId,
  );
  const byCollection = groupBy(
    declared.filter(({ engine }) => engine.collection !== null),
    ({ engine }) => engine.collection,
  );
  const conflicts = new Map<EngineReport, EstateFinding>();
  for (const one of declared) {
    const { engineId, collection } = one.engine;
    const twin = byEngine.get(engineId)?.find((other) => other !== one && !sayTheSame(one, other));
    const rival = byCollection.get(collection)?.find((other) => other.engine.engineId !== engineId);
    if (twin !== undefined) {
      conflicts.set(one.engine, conflict(one, ...twinWords(engineId, twin)));
    } else if (rival !== undefined && canonicalOfEngine(engineId ?? '')?.collection !== collection) {
      conflicts.set(one.engine, conflict(one, ...rivalWords(collection, rival)));
    }
  }
  return conflicts;
}

/** Owners who share an engine by the canonical table may each declare it, as long as they say the same of it. */
function sayTheSame(one: Declaration, other: Declaration): boolean {
  const [left, right] = [one.engine.manifest, other.engine.manifest];
  if (left === undefined || right === undefined || one.repo.path === other.repo.path) {
    return false;
  }
  const owners: readonly string[] = canonicalOfEngine(left.engineId)?.owners ?? [];
  const share = owners.includes(left.ownerRepo) && owners.includes(right.ownerRepo);
  return share && canonicalText({ ...left, ownerRepo: '' }) === canonicalText({ ...right, ownerRepo: '' });
}

function twinWords(engineId: string | null, twin: Declaration): readonly [message: string, remedy: string] {
  return [
    `${engineId} is also declared by ${placeOf(twin)}, and not in the same words.`,
    'Keep one of the two declarations, and refer to it by its id from the other place.',
  ];
}

function rivalWords(collection: string | null, rival: Declaration): readonly [message: string, remedy: string] {
  return [
    `The collection "${collection}" is also served by ${rival.engine.engineId} of ${placeOf(rival)}.`,
    'Give one of the two engines a collection of its own, or remove it.',
  ];
}

function conflict({ engine }: Declaration, message: string, remedy: string): EstateFinding {
  return { severity: 'error', rule: 'R1', path: '', file: engine.file, line: 1, column: 1, message, remedy };
}

function placeOf({ repo, engine }: Declaration): string {
  return `${repo.repo} (${repo.path}/${engine.file})`;
}

function settled(
  { manifest: _judged, ...engine }: JudgedEngine,
  conflict: EstateFinding | undefined,
  declaredBy: string | undefined,
): EngineReport {
  if (conflict !== undefined) {
    return { ...engine, status: 'invalid', findings: [...engine.findings, conflict] };
  }
  if (!isReference(engine) || declaredBy === undefined) {
    return engine;
  }
  const findings = engine.findings.map(
    (finding): EstateFinding =>
      finding.rule === 'R7'
        ? {
            ...finding,
            severity: 'notice',
            rule: 'estate.reference',
            message: `The engine is declared by ${declaredBy}.`,
            remedy: 'Nothing needs to be done.',
          }
        : finding,
  );
  return { ...engine, status: 'compliant', declares: false, findings };
}

function canonicalReport(engineId: string, results: readonly RepoReport[]): CanonicalReport {
  const owners = canonicalOfEngine(engineId)?.owners.map((owner) => owner.toLowerCase()) ?? [];
  const mentions = results.flatMap((repo) =>
    repo.engines.filter((engine) => engine.engineId === engineId).map((engine) => ({ repo, engine })),
  );
  const declarations = mentions.filter(
    ({ repo, engine }) => engine.declares && !isReference(engine) && owners.includes(repo.repo.toLowerCase()),
  );
  const declaredBy = [...new Set(declarations.map(({ repo }) => repo.repo))];
  if (declarations.length > 0) {
    const findings = declarations.flatMap(({ engine }) =>
      engine.findings.filter(({ severity }) => severity !== 'notice'),
    );
    return { engineId, status: worst(declarations.map(({ engine }) => engine.status)), declaredBy, findings };
  }
  const isReferred = mentions.some(({ engine }) => isReference(engine));
  const message = isReferred
    ? `It is only referred to. It is to be declared by ${canonicalOfEngine(engineId)?.owners.join(' or ')}.`
    : `No repository that owns it declares it: ${canonicalOfEngine(engineId)?.owners.join(' or ')}.`;
  return {
    engineId,
    status: isReferred ? 'partial' : 'missing',
    declaredBy,
    findings: [{ rule: 'R1', path: '', message }],
  };
}

const byBadness: readonly EngineStatus[] = ['invalid', 'partial', 'missing', 'compliant'];

function worst(statuses: readonly EngineStatus[]): EngineStatus {
  return byBadness.find((status) => statuses.includes(status)) ?? 'missing';
}

function summaryOf(results: readonly RepoReport[], canonical: readonly CanonicalReport[]): EstateReport['summary'] {
  const engines = results.flatMap((repo) => repo.engines).filter(counts);
  const count = (status: EngineStatus): number => engines.filter((engine) => engine.status === status).length;
  return {
    compliant: count('compliant'),
    partial: count('partial'),
    invalid: count('invalid'),
    missing: canonical.filter(({ status }) => status === 'missing').length,
  };
}

/** Copies are looked at and counted nowhere. */
export function counts(engine: EngineReport): boolean {
  return engine.declares || isReference(engine);
}
