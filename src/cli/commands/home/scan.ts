import { readFile, stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Baseline, onlyNew, readBaseline } from '../../estate/baseline.ts';
import { type FailLevel, failLevels } from '../../estate/fail-level.ts';
import { estateMarkdown } from '../../estate/markdown.ts';
import { estateTable } from '../../estate/table.ts';
import { counted } from '../../../base/counted.ts';
import { type Running, running } from '../../ground/run-command.ts';

interface ScanOptions {
  readonly format?: 'table' | 'json' | 'sarif' | 'markdown';
  readonly baseline?: string;
  readonly failOn: FailLevel;
  readonly requireAll?: boolean;
}

export function scanCommand(program: Command, context: CliContext): void {
  program
    .command('scan <dir...>')
    .description('which sync engines the repositories below some folders declare, and which declarations are wrong')
    .addOption(new Option('--format <format>', 'how to say it').choices(['table', 'json', 'sarif', 'markdown']))
    .option('--baseline <file>', 'show only what this earlier report (--format json) does not know')
    .addOption(new Option('--fail-on <level>', 'the mildest thing to fail on').choices(failLevels).default('partial'))
    .option('--require-all', 'fail also when a canonical engine is declared nowhere')
    .addHelpText(
      'after',
      examples(
        'scan ~/src',
        'scan ~/src --format sarif > scan.sarif',
        'scan ~/src --require-all --baseline before.json',
      ),
    )
    .action(async (roots: string[], options: ScanOptions, command: Command) => {
      const run = running(context, command);
      await demandFolders(run, roots);
      const baseline = options.baseline === undefined ? undefined : await loadBaseline(run, options.baseline);
      const manifests = await run.local.manifests();
      const whole = manifests.scan(roots, ({ repos, files }) => {
        context.output.progress(`${counted(repos, 'repository', 'repositories')}, ${counted(files, 'file')}`);
      });
      context.output.progress('');
      const report = baseline === undefined ? whole : onlyNew(whole, baseline);
      switch (options.format ?? (run.asJson ? 'json' : 'table')) {
        case 'json':
          context.output.json(report);
          break;
        case 'sarif':
          context.output.json((await import('../../estate/sarif.ts')).estateSarif(report, context.version));
          break;
        case 'markdown':
          context.output.line(estateMarkdown(report));
          break;
        case 'table':
          context.output.line(estateTable(report, context.output.colour));
      }
      const { fails } = await import('../../estate/verdict.ts');
      const requiresAll = options.requireAll === true && report.summary.missing > 0;
      if (requiresAll || fails(report, options.failOn)) {
        run.fail(exitCodes.failed, '');
      }
    });
}

async function demandFolders(run: Running, roots: readonly string[]): Promise<void> {
  for (const root of roots) {
    const found = await stat(root).catch((cause: unknown) => (cause as Error).message);
    if (typeof found === 'string' || !found.isDirectory()) {
      const why = typeof found === 'string' ? found : 'it is no folder';
      run.fail(exitCodes.usage, `${root} cannot be scanned: ${why}. Name a folder that holds repositories.`);
    }
  }
}

async function loadBaseline(run: Running, file: string): Promise<Baseline> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
  const baseline = readBaseline(text);
  return baseline.ok ? baseline.value : run.fail(exitCodes.usage, `${file}: ${baseline.error}`);
}
