import type { EstateFinding, EstateReport } from '../../manifest/estate-report.ts';
import { printable } from '../ground/table.ts';

/** The estate as a report to be read and filed (GitHub-flavoured Markdown). */
export function estateMarkdown({ root, results, canonical, summary }: EstateReport): string {
  const rows = results.flatMap((repo) =>
    repo.engines.map((engine) => [
      repo.repo,
      engine.engineId ?? 'no engine id',
      engine.declares ? engine.status : `${engine.status} (copy)`,
      engine.file,
    ]),
  );
  const findings = results.flatMap((repo) =>
    [...repo.errors, ...repo.engines.flatMap((engine) => engine.findings)]
      .filter(({ severity }) => severity !== 'notice')
      .map((finding) => findingItem(repo.repo, finding)),
  );
  return [
    '# Sync engines of the estate',
    '',
    `Scanned ${results.length} repositories in ${cell(root)}.`,
    '',
    ...grid(
      ['compliant', 'partial', 'invalid', 'missing'],
      [[summary.compliant, summary.partial, summary.invalid, summary.missing].map(String)],
    ),
    '',
    '## Canonical engines',
    '',
    ...grid(
      ['engine', 'status', 'declared by'],
      canonical.map(({ engineId, status, declaredBy }) => [engineId, status, declaredBy.join(', ')]),
    ),
    '',
    '## Declarations',
    '',
    ...grid(['repository', 'engine', 'status', 'file'], rows),
    '',
    '## Findings',
    '',
    ...(findings.length === 0 ? ['None.'] : findings),
  ].join('\n');
}

function findingItem(repo: string, { severity, rule, file, line, column, message, remedy }: EstateFinding): string {
  return `- **${severity}** ${rule}, ${cell(repo)} \`${file.replaceAll('`', "'")}:${line}:${column}\`: ${cell(message)} ${cell(remedy)}`;
}

function grid(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(headings), `| ${headings.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}

/** Names come from repositories that nobody vouches for: they must not become markup. */
function cell(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&');
}
