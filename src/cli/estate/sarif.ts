import type { JsonObject } from '../../base/json.ts';
import type { EstateFinding, EstateReport } from '../../manifest/estate-report.ts';
import { registryRules } from '../../manifest/rules.ts';

const levels = { error: 'error', warning: 'warning', notice: 'note' } as const;

/** What is wrong in files, as SARIF 2.1.0, from which code hosts annotate pull requests. What no file says is left out. */
export function estateSarif({ results }: EstateReport, version: string): JsonObject {
  const located = results.flatMap((repo) =>
    [...repo.errors, ...repo.engines.flatMap(({ findings }) => findings)].map((finding) => ({ repo, finding })),
  );
  const used = new Set(located.map(({ finding }) => finding.rule));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'sourcesync scan', version, rules: [...used].sort().map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: located.map(({ repo, finding }) => resultOf(repo.path, finding)),
      },
    ],
  };
}

function ruleOf(id: string): JsonObject {
  const rule = registryRules.find((one) => one.id === id);
  return {
    id,
    shortDescription: { text: rule?.says ?? id },
    ...(rule === undefined ? {} : { fullDescription: { text: rule.because } }),
  };
}

function resultOf(path: string, { severity, rule, file, line, column, message, remedy }: EstateFinding): JsonObject {
  const uri = [...path.split('/'), ...file.split('/')]
    .filter((name) => name !== '.')
    .map(encodeURIComponent)
    .join('/');
  return {
    ruleId: rule,
    level: levels[severity],
    message: { text: `${message} ${remedy}` },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } }],
  };
}
