import { canonicalOfEngine } from './canonical.ts';
import type { EngineReport, EstateFinding, JudgedEngine, JudgedRepo } from './estate-report.ts';
import type { ManifestFinding } from './finding.ts';
import { type ManifestJudgement, judgeDocument } from './judge.ts';
import { type ManifestReader, maximumManifestBytes, parseManifestText } from './parse.ts';
import { type DeclaredEngine, type RepoManifestJudge, namesIn } from './repo-manifest.ts';

/** A file as it was found: its bytes, or why there are none, in words. */
export type FoundFile =
  | { readonly file: string; readonly bytes: Uint8Array }
  | { readonly file: string; readonly fault: { readonly message: string; readonly remedy: string } };

/** A repository as it was found on disk, before anybody has looked into its files. */
export interface FoundRepo {
  readonly path: string;
  /** `owner/name` by its git remote. */
  readonly remote: string | undefined;
  /** `.sourceos/manifest.json`; undefined where there is none. */
  readonly repoManifest: FoundFile | undefined;
  /** Other JSON files that may be manifests of engines. */
  readonly candidates: readonly FoundFile[];
  /** Parts that could not be looked into. */
  readonly faults: readonly FoundFile[];
}

export interface RepoJudges {
  readonly readEngine: ManifestReader;
  readonly judgeRepoManifest: RepoManifestJudge;
}

/** One repository by itself. What only the estate as a whole shows is added by `assembleEstate`. */
export function judgeRepo(found: FoundRepo, judges: RepoJudges): JudgedRepo {
  const errors: EstateFinding[] = found.faults.flatMap(unreadable);
  const { repoManifest } = found;
  let judgement: ReturnType<RepoManifestJudge> | undefined;
  if (repoManifest !== undefined && 'bytes' in repoManifest) {
    judgement = judges.judgeRepoManifest(repoManifest.bytes);
    errors.push(...judgement.findings.map((finding) => inFile(repoManifest.file, finding)));
  } else if (repoManifest !== undefined) {
    errors.push(...unreadable(repoManifest));
  }
  const isOwn = ownership(found, judgement?.repo);
  const inManifest = (judgement?.engines ?? []).map((engine) => engineReport(repoManifest?.file ?? '', engine, isOwn));
  const apart = found.candidates.flatMap((file) => standAlone(file, judges.readEngine, isOwn));
  return {
    repo: judgement?.repo ?? found.remote ?? found.path,
    path: found.path,
    repoManifest: repoManifest === undefined ? 'missing' : judgement?.isValid === true ? 'valid' : 'invalid',
    errors,
    engines: withoutAnswered([...inManifest, ...apart]),
  };
}

/** An engine that is declared in a file of the repository need not be declared in its manifest again. */
function withoutAnswered(engines: readonly JudgedEngine[]): readonly JudgedEngine[] {
  const declared = new Set(engines.filter((engine) => !isReference(engine)).map(({ engineId }) => engineId));
  return engines.filter((engine) => !isReference(engine) || !declared.has(engine.engineId));
}

/** A bare id in a repository's manifest. */
export function isReference({ findings }: EngineReport): boolean {
  return findings.some(({ rule }) => rule === 'R7');
}

/** Who owns an engine is said by its ownerRepo; the name of the repository by its manifest, its remote or its folder. */
function ownership(
  { remote, path }: FoundRepo,
  named: string | undefined,
): (ownerRepo: string | null, engineId: string | null) => boolean {
  const name = named ?? remote;
  return (ownerRepo, engineId) => {
    // A declaration that lacks its owner is a bad declaration of the repository it stands in, unless others own it.
    const owners = ownerRepo === null ? canonicalOfEngine(engineId ?? '')?.owners : [ownerRepo];
    return (
      owners === undefined ||
      owners.some((owner) =>
        name === undefined ? owner.split('/')[1] === path.split('/').at(-1) : sameName(owner, name),
      )
    );
  };
}

/** Code hosts compare the names of repositories without regard to case. */
function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function engineReport(file: string, engine: DeclaredEngine, isOwn: ReturnType<typeof ownership>): JudgedEngine {
  const { engineId, collection, ownerRepo, judgement } = engine;
  const declares =
    judgement.manifest === undefined && ownerRepo === null && engine.collection === null
      ? isOwn(null, engineId)
      : isOwn(ownerRepo, engineId);
  const { status, manifest } = judgement;
  const findings = [...judgement.findings.map((finding) => inFile(file, finding)), ...copied(file, declares)];
  return { engineId, collection, status, file, declares, findings, manifest };
}

function standAlone(
  found: FoundFile,
  readEngine: ManifestReader,
  isOwn: ReturnType<typeof ownership>,
): readonly JudgedEngine[] {
  if (!('bytes' in found)) {
    return [brokenFile(found.file, unreadable(found))];
  }
  const parsed = parseManifestText(found.bytes, maximumManifestBytes);
  if (!parsed.ok) {
    return [
      brokenFile(
        found.file,
        parsed.error.map((finding) => inFile(found.file, finding)),
      ),
    ];
  }
  const { value } = parsed.value;
  // A schema or a list may speak of engines without being one.
  if (!Object.hasOwn(value, 'engineId')) {
    return [];
  }
  const judgement: ManifestJudgement = judgeDocument(readEngine, parsed.value);
  return [engineReport(found.file, { ...namesIn(value), judgement }, isOwn)];
}

function brokenFile(file: string, findings: readonly EstateFinding[]): JudgedEngine {
  return { engineId: null, collection: null, status: 'invalid', file, declares: true, findings, manifest: undefined };
}

function copied(file: string, declares: boolean): readonly EstateFinding[] {
  return declares
    ? []
    : [
        {
          ...{ severity: 'notice', rule: 'estate.copy', path: '', file, line: 1, column: 1 },
          message: 'The repository does not own this engine: it is an example or a copy, and declares nothing.',
          remedy: 'Nothing needs to be done. To declare the engine here, set "ownerRepo" to this repository.',
        },
      ];
}

function unreadable(found: FoundFile): readonly EstateFinding[] {
  return 'fault' in found
    ? [{ severity: 'error', rule: 'estate.unreadable', path: '', file: found.file, line: 1, column: 1, ...found.fault }]
    : [];
}

function inFile(file: string, finding: ManifestFinding): EstateFinding {
  return { ...finding, file };
}
