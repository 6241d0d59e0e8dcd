import {
  type EngineStatus,
  type EstateFinding,
  type EstateReport,
  type RepoReport,
} from '../../manifest/estate-report.ts';
import { laidOut } from '../ground/lay-out.ts';
import { printable, table } from '../ground/table.ts';

/** Reports are long, and kept in files: each repository has a line of its own. */
const uncut = { columns: Number.POSITIVE_INFINITY, isUnicode: true };

const escape = '\u001b[';
const colourByStatus: Readonly<Record<EngineStatus, string>> = {
  compliant: '32',
  partial: '33',
  missing: '35',
  invalid: '31',
};

/** The estate for a terminal: what is wrong first and whole, what is right in one line each, the canonical engines last. */
export function estateTable(report: EstateReport, colour: boolean): string {
  const paint = (status: EngineStatus, text: string): string =>
    colour ? `${escape}${colourByStatus[status]}m${text}${escape}0m` : text;
  const troubled = report.results.filter(hasTrouble);
  const quiet = report.results.filter((repo) => !hasTrouble(repo));
  const { compliant, partial, invalid, missing } = report.summary;
  return [
    ...troubled.flatMap((repo) => [...troubleLines(repo, paint), '']),
    ...quietLines(quiet, paint),
    ...(report.canonical.length === 0 ? [] : ['Canonical engines', ...canonicalLines(report, paint), '']),
    `${report.results.length} ${report.results.length === 1 ? 'repository' : 'repositories'}: ${paint('compliant', `${compliant} compliant`)}, ${paint('partial', `${partial} partial`)}, ${paint('invalid', `${invalid} invalid`)}, ${paint('missing', `${missing} missing`)}`,
  ].join('\n');
}

type Paint = (status: EngineStatus, text: string) => string;

function hasTrouble(repo: RepoReport): boolean {
  return findingsOf(repo).some(({ severity }) => severity !== 'notice');
}

function findingsOf({ errors, engines }: RepoReport): readonly EstateFinding[] {
  return [...errors, ...engines.flatMap(({ findings }) => findings)];
}

function troubleLines(repo: RepoReport, paint: Paint): readonly string[] {
  const head = `${printable(repo.repo)}  (${printable(repo.path)})${repo.repoManifest === 'invalid' ? `  ${paint('invalid', 'manifest invalid')}` : ''}`;
  const engines = repo.engines.flatMap((engine) => [
    `  ${paint(engine.status, engine.status.padEnd(9))} ${printable(engine.engineId ?? 'no engine id')}${standing(engine)}`,
    ...engine.findings.filter(({ severity }) => severity !== 'notice').map(findingLine),
  ]);
  return [head, ...repo.errors.map(findingLine), ...engines];
}

function standing({ declares, findings }: RepoReport['engines'][number]): string {
  if (findings.some(({ rule }) => rule === 'R7' || rule === 'estate.reference')) {
    return ' (reference)';
  }
  return declares ? '' : ' (copy)';
}

function findingLine({ severity, rule, file, line, column, message, remedy }: EstateFinding): string {
  return `    ${severity} ${rule} ${printable(file)}:${line}:${column} ${printable(message)} ${printable(remedy)}`;
}

/** Two hundred repositories in order fit a screen or two: one line each, those that declare nothing in one number. */
function quietLines(repos: readonly RepoReport[], paint: Paint): readonly string[] {
  const declaring = repos.filter(({ engines }) => engines.some(({ declares }) => declares));
  const others = repos.length - declaring.length;
  const rows = declaring.map((repo) => [
    repo.repo,
    repo.engines
      .filter(({ declares }) => declares)
      .map(({ engineId }) => engineId ?? '')
      .join(', '),
  ]);
  return [
    ...(rows.length === 0
      ? []
      : [paint('compliant', 'In order'), laidOut(table(['repository', 'engines'], rows), uncut), '']),
    ...(others === 0
      ? []
      : [`${others} ${others === 1 ? 'repository declares' : 'repositories declare'} no engine.`, '']),
  ];
}

function canonicalLines({ canonical }: EstateReport, paint: Paint): readonly string[] {
  const widest = Math.max(...canonical.map(({ engineId }) => engineId.length));
  return canonical.map(({ engineId, status, declaredBy }) => {
    const by = declaredBy.length === 0 ? '' : `  ${declaredBy.map(printable).join(', ')}`;
    return `  ${engineId.padEnd(widest)}  ${paint(status, status)}${by}`;
  });
}
