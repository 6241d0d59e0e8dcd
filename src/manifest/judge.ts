import type { Manifest } from '../contract/manifest.ts';
import { hasErrors, type ManifestFinding } from './finding.ts';
import { askCarefully } from './careful.ts';
import type { ManifestParser, ManifestReader, PlacedDocument } from './parse.ts';
import { checkRules } from './rules.ts';

/** accept: nothing but notices. warn: usable, with warnings. reject: it breaks the schema or a rule. */
export type ManifestVerdict = 'accept' | 'warn' | 'reject';

/** partial: what is there is valid, but required fields are missing. */
export type ManifestStatus = 'compliant' | 'partial' | 'invalid';

export interface ManifestJudgement {
  readonly verdict: ManifestVerdict;
  readonly status: ManifestStatus;
  readonly findings: readonly ManifestFinding[];
  /** Undefined when the verdict is reject. */
  readonly manifest: Manifest | undefined;
}

/** Schema and rules together: what `manifest validate`, the registry and the estate scan all ask. */
export function judgeManifest(parse: ManifestParser, input: Uint8Array | string): ManifestJudgement {
  return judged(parse(input));
}

/** The same of a manifest inside a larger document. */
export function judgeDocument(read: ManifestReader, document: PlacedDocument): ManifestJudgement {
  return judged(read(document));
}

function judged(parsed: ReturnType<ManifestParser>): ManifestJudgement {
  if (!parsed.ok) {
    const onlyMissing = parsed.error.every(({ severity, rule }) => severity !== 'error' || isOfMissing(rule));
    return {
      verdict: 'reject',
      status: onlyMissing ? 'partial' : 'invalid',
      findings: parsed.error,
      manifest: undefined,
    };
  }
  const { manifest, notices, place } = parsed.value;
  const findings = [...notices, ...[...checkRules(manifest), ...askCarefully(manifest)].map(place)];
  if (hasErrors(findings)) {
    return { verdict: 'reject', status: 'invalid', findings, manifest: undefined };
  }
  const warns = findings.some((finding) => finding.severity === 'warning');
  return { verdict: warns ? 'warn' : 'accept', status: 'compliant', findings, manifest };
}

/** A field that is not there, said by the schema or by the rule about declarations. */
function isOfMissing(rule: string): boolean {
  return rule === 'schema.required' || rule === 'R2';
}
