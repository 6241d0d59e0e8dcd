/** error: the manifest is refused. warning: it is used, and a person should know. notice: nothing to do. */
export type Severity = 'error' | 'warning' | 'notice';

/** One thing to say about a manifest, in the same words for a person, the API and the estate scan. */
export interface ManifestFinding {
  readonly severity: Severity;
  /** Stable id: `R1`…`R8` of the registry, `json.…` of the text, `schema.…` of its shape. */
  readonly rule: string;
  /** JSON pointer to the value meant; empty for the document. */
  readonly path: string;
  /** Where it stands in the text, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** What is wrong. Names of fields only: values may be secrets that landed in the wrong file. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** A finding that nobody has yet given its place in a text. */
export type UnplacedFinding = Omit<ManifestFinding, 'line' | 'column'>;

export function hasErrors(findings: readonly Pick<ManifestFinding, 'severity'>[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
