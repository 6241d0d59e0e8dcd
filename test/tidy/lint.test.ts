import { describe, expect, it } from 'vitest';
import { canaryFolder, runTool } from './run-tool.ts';

interface LintReport {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
  readonly number_of_files: number;
}

describe('lint', () => {
  const parameters = ['-c', '../../../.oxlintrc.json', '--type-aware', '--format', 'json', '.'];
  const report = JSON.parse(runTool('oxlint', parameters, canaryFolder)) as LintReport;
  const found = report.diagnostics.map(
    (each) => `${each.filename.replaceAll('\\', '/')}:${each.labels[0]?.span.line ?? 0} ${each.code}`,
  );

  it.each([
    'src/merge/impure.ts:1 eslint(no-restricted-imports)',
    'src/merge/impure.ts:2 eslint(no-restricted-imports)',
    'src/merge/impure.ts:3 eslint(no-restricted-imports)',
    'src/merge/impure.ts:4 eslint(no-restricted-imports)',
    'src/merge/impure.ts:9 eslint(no-restricted-properties)',
    'src/merge/impure.ts:10 eslint(no-restricted-properties)',
    'src/merge/impure.ts:11 eslint(no-restricted-globals)',
    'src/merge/impure.ts:12 eslint(no-restricted-globals)',
    'src/merge/impure.ts:13 eslint(no-restricted-properties)',
    'src/merge/impure.ts:16 typescript(no-floating-promises)',
    'src/merge/impure.ts:20 typescript(switch-exhaustiveness-check)',
    'src/net/forgets.ts:2 typescript(no-floating-promises)',
    'src/net/forgets.ts:6 typescript(switch-exhaustiveness-check)',
  ])('catches the planted %s', (violation) => {
    expect(found).toContain(violation);
  });

  it('read every canary', () => {
    expect(report.number_of_files).toBeGreaterThanOrEqual(50);
  });
});
