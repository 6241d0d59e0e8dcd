import { counts } from '../../manifest/assemble-estate.ts';
import type { EstateReport } from '../../manifest/estate-report.ts';
import { type FailLevel, failLevels } from './fail-level.ts';

/** Whether a scan has found what it was told to fail on. */
export function fails({ results, summary }: EstateReport, level: FailLevel): boolean {
  const reaches = (wanted: FailLevel): boolean => failLevels.indexOf(level) >= failLevels.indexOf(wanted);
  const findings = results.flatMap(({ errors, engines }) => [
    ...errors,
    ...engines.filter(counts).flatMap((engine) => engine.findings),
  ]);
  return (
    (reaches('invalid') && (summary.invalid > 0 || results.some(({ errors }) => errors.some(isError)))) ||
    (reaches('partial') && summary.partial > 0) ||
    (reaches('missing') && summary.missing > 0) ||
    (reaches('warning') && findings.some(({ severity }) => severity === 'warning'))
  );
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}
