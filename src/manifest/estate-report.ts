import type { Manifest } from '../contract/manifest.ts';
import type { Severity } from './finding.ts';
import type { ManifestStatus } from './judge.ts';

/** One thing to say about a file of a repository. */
export interface EstateFinding {
  readonly severity: Severity;
  /** `R1`…`R8`, `json.…`, `schema.…`, `care.…`, or `estate.…` of what only the whole shows. */
  readonly rule: string;
  /** JSON pointer inside the file; empty for the whole of it. */
  readonly path: string;
  /** Relative to the repository, `/` between names. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
}

export type EngineStatus = ManifestStatus | 'missing';

/** One engine manifest, or reference to one, in one repository. */
export interface EngineReport {
  readonly engineId: string | null;
  readonly collection: string | null;
  readonly status: EngineStatus;
  readonly file: string;
  /** The repository owns the engine: an example or a copy is looked at and declares nothing. */
  readonly declares: boolean;
  readonly findings: readonly EstateFinding[];
}

/** An engine before the estate as a whole is known. */
export interface JudgedEngine extends EngineReport {
  /** Undefined where it is refused, or only referred to. */
  readonly manifest: Manifest | undefined;
}

export interface RepoReport<Engine extends EngineReport = EngineReport> {
  /** `owner/name` by its manifest, else by its git remote, else its folder's path. */
  readonly repo: string;
  /** Relative to the root that was scanned; `.` for the root itself. */
  readonly path: string;
  readonly repoManifest: 'valid' | 'invalid' | 'missing';
  /** Of the repository as a whole: its manifest's own fields, and what could not be read. */
  readonly errors: readonly EstateFinding[];
  readonly engines: readonly Engine[];
}

export type JudgedRepo = RepoReport<JudgedEngine>;

export interface CanonicalReport {
  readonly engineId: string;
  readonly status: EngineStatus;
  /** Names of the owner repositories that declare it. */
  readonly declaredBy: readonly string[];
  readonly findings: readonly { readonly rule: string; readonly path: string; readonly message: string }[];
}

export interface EstateSummary {
  readonly compliant: number;
  readonly partial: number;
  readonly invalid: number;
  /** Canonical engines that no owner repository declares. */
  readonly missing: number;
}

export interface EstateReport {
  readonly root: string;
  readonly results: readonly RepoReport[];
  readonly canonical: readonly CanonicalReport[];
  readonly summary: EstateSummary;
}
