import type { ManifestFinding } from './finding.ts';
import { type ManifestStatus, type ManifestVerdict, judgeDocument } from './judge.ts';
import type { RepoJudges } from './judge-repo.ts';
import { maximumManifestBytes, parseManifestText } from './parse.ts';
import { type RepoManifestJudgement, maximumRepoManifestBytes } from './repo-manifest.ts';

/** What is said of one file: an engine's manifest or a repository's. */
export interface ValidatedFile {
  readonly path: string;
  readonly verdict: ManifestVerdict;
  readonly status: ManifestStatus;
  readonly findings: readonly ManifestFinding[];
}

/** Judges one file; the fields in it say which kind of manifest it is meant to be. */
export function validateManifest(path: string, input: Uint8Array, judges: RepoJudges): ValidatedFile {
  const parsed = parseManifestText(input, maximumRepoManifestBytes);
  if (!parsed.ok) {
    return { path, verdict: 'reject', status: 'invalid', findings: parsed.error };
  }
  const { value } = parsed.value;
  const isOfRepo = ['syncEngines', 'dangerousSurfaces', 'repo', 'domain'].some((name) => Object.hasOwn(value, name));
  if (isOfRepo && !Object.hasOwn(value, 'engineId')) {
    return { path, ...ofRepo(judges.judgeRepoManifest(input)) };
  }
  // The limit of an engine's manifest is the narrower one.
  const sized = input.length > maximumManifestBytes ? parseManifestText(input) : parsed;
  if (!sized.ok) {
    return { path, verdict: 'reject', status: 'invalid', findings: sized.error };
  }
  const { verdict, status, findings } = judgeDocument(judges.readEngine, sized.value);
  return { path, verdict, status, findings };
}

/** A file that could not be read at all. */
export function unreadableManifest(path: string, message: string, remedy: string): ValidatedFile {
  const finding: ManifestFinding = {
    ...{ severity: 'error', rule: 'file.unreadable', path: '', line: 1, column: 1 },
    ...{ message, remedy },
  };
  return { path, verdict: 'reject', status: 'invalid', findings: [finding] };
}

/** A repository's manifest is as good as its own fields and its worst engine. */
function ofRepo({ isValid, findings, engines }: RepoManifestJudgement): Omit<ValidatedFile, 'path'> {
  const judged = engines.map(({ judgement }) => judgement);
  const all = [...findings, ...judged.flatMap((judgement) => judgement.findings)];
  const isPartial = isValid && !judged.some(({ status }) => status === 'invalid');
  if (!isValid || judged.some(({ verdict }) => verdict === 'reject')) {
    return { verdict: 'reject', status: isPartial ? 'partial' : 'invalid', findings: all };
  }
  const warns = all.some(({ severity }) => severity === 'warning');
  return { verdict: warns ? 'warn' : 'accept', status: 'compliant', findings: all };
}
