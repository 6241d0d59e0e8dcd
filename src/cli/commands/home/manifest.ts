import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { utf8 } from '../../../base/bytes.ts';
import type { JsonObject } from '../../../base/json.ts';
import {
  type EncryptionScope,
  type MergeStrategyName,
  type PolicyClass,
  encryptionScopes,
  mergeStrategies,
  policyClasses,
} from '../../../contract/manifest.ts';
import { type ManifestWishes, draftManifest, draftRecordSchema, knownWishes } from '../../../manifest/draft.ts';
import type { ManifestFinding } from '../../../manifest/finding.ts';
import { registryRules } from '../../../manifest/rules.ts';
import type { ValidatedFile } from '../../../manifest/validate.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';

export function manifestCommands(program: Command, context: CliContext): void {
  const manifest = program.command('manifest').description('manifests of sync engines and of repositories');

  manifest
    .command('validate <file...>')
    .description('hold manifests against schema and rules; - reads standard input')
    .addHelpText(
      'after',
      examples('manifest validate notes.json', 'manifest validate engines.d/notes.json engines.d/tasks.json --json'),
    )
    .action(async (files: string[], _options: unknown, command: Command) => {
      const run = running(context, command);
      const results = await validateAll(run, files);
      run.show({ results }, (shown) => shown.results.map(fileText).join('\n'));
      if (results.some(({ verdict }) => verdict === 'reject')) {
        run.fail(exitCodes.failed, '');
      }
    });

  manifest
    .command('rules')
    .description('the rules of the registry, and why each is there')
    .addHelpText('after', examples('manifest rules'))
    .action((_options: unknown, command: Command) => {
      const run = running(context, command);
      const rules = registryRules.map(({ id, says, because }) => ({ id, says, because }));
      run.show({ rules }, (shown) =>
        shown.rules.map(({ id, says, because }) => `${id}  ${says}\n    ${because}`).join('\n'),
      );
    });

  manifest
    .command('init')
    .description('write a valid manifest and the skeleton of its record schema; asks for what no flag says')
    .option('--name <name>', 'what follows sourceos.sync.')
    .option('--collection <collection>', 'the set of records that it owns')
    .option('--owner <owner/name>', 'the repository that owns it')
    .option('--policy-class <class>', policyClasses.join(', '))
    .option('--scope <scope>', encryptionScopes.join(', '))
    .option('--strategy <strategy>', mergeStrategies.join(', '))
    .option('--out <dir>', 'where to write', '.')
    .option('--force', 'replace files that are there')
    .addHelpText(
      'after',
      examples('manifest init', 'manifest init --name notes --collection notes --owner example/notes --out engines.d'),
    )
    .action(async (options: InitFlags, command: Command) => {
      const run = running(context, command);
      await writeDraft(run, await wishesOf(run, options), options);
    });
}

interface InitFlags {
  readonly name?: string;
  readonly collection?: string;
  readonly owner?: string;
  readonly policyClass?: string;
  readonly scope?: string;
  readonly strategy?: string;
  readonly out: string;
  readonly force?: boolean;
}

async function validateAll(run: Running, files: readonly string[]): Promise<readonly ValidatedFile[]> {
  const manifests = await run.local.manifests();
  const results: ValidatedFile[] = [];
  for (const file of files) {
    results.push(
      file === '-' ? manifests.validateBytes('-', await run.output.readStdinBytes()) : manifests.validateFile(file),
    );
  }
  return results;
}

function fileText({ path, verdict, status, findings }: ValidatedFile): string {
  return [`${verdict}  ${path} (${status})`, ...findings.toSorted(byPlace).map(findingText)].join('\n');
}

function byPlace(left: ManifestFinding, right: ManifestFinding): number {
  return left.line - right.line || left.column - right.column;
}

function findingText({ severity, rule, line, column, path, message, remedy }: ManifestFinding): string {
  return `  ${line}:${column} ${severity} ${rule}${path === '' ? '' : ` ${path}`}: ${message} ${remedy}`;
}

async function wishesOf(run: Running, flags: InitFlags): Promise<ManifestWishes> {
  const name = flags.name ?? (await answer(run, '--name', 'Name of the engine, behind sourceos.sync.: '));
  const known = knownWishes(name);
  const ask = async (flag: string, given: string | undefined, usual: string | undefined): Promise<string> =>
    given ?? (run.output.interactive ? await askWithUsual(run, flag, usual) : (usual ?? missing(run, flag)));
  return {
    name,
    collection: await ask('--collection', flags.collection, known?.collection ?? name),
    ownerRepo: await ask('--owner', flags.owner, known?.ownerRepo),
    policyClass: (await ask('--policy-class', flags.policyClass, known?.policyClass ?? 'medium')) as PolicyClass,
    encryptionScope: (await ask('--scope', flags.scope, known?.encryptionScope ?? 'profile')) as EncryptionScope,
    mergeStrategy: (await ask(
      '--strategy',
      flags.strategy,
      known?.mergeStrategy ?? 'manual_review',
    )) as MergeStrategyName,
  };
}

async function askWithUsual(run: Running, flag: string, usual: string | undefined): Promise<string> {
  const said = (await run.output.ask(`${flag.slice(2)}${usual === undefined ? '' : ` [${usual}]`}: `)) ?? '';
  return said.trim() === '' && usual !== undefined ? usual : said.trim();
}

async function answer(run: Running, flag: string, question: string): Promise<string> {
  return run.output.interactive ? ((await run.output.ask(question)) ?? '').trim() : missing(run, flag);
}

function missing(run: Running, flag: string): never {
  return run.fail(exitCodes.usage, `There is no terminal to ask at: say ${flag}.`);
}

/** What the words say is judged before anything is written: a wrong word is told of like a wrong file. */
async function writeDraft(run: Running, wishes: ManifestWishes, { out, force }: InitFlags): Promise<void> {
  const manifest = draftManifest(wishes);
  const judged = (await run.local.manifests()).validateBytes('manifest', utf8(JSON.stringify(manifest)));
  if (judged.verdict === 'reject') {
    run.fail(exitCodes.usage, judged.findings.map(({ message, remedy }) => `${message} ${remedy}`).join('\n'));
  }
  const path = join(out, `${wishes.name}.json`);
  const schemaPath = join(out, `${wishes.name}.schema.json`);
  await mkdir(out, { recursive: true });
  await writeNew(run, path, manifest, force);
  await writeNew(run, schemaPath, draftRecordSchema(wishes.collection), force);
  run.show({ manifest: path, recordSchema: schemaPath, findings: judged.findings }, () =>
    [
      `Wrote ${path} and ${schemaPath}.`,
      ...judged.findings.map(findingText),
      'Describe the fields of your records in the schema, name the dangerous ones in the manifest, then: sourcesync manifest validate FILE',
    ].join('\n'),
  );
}

async function writeNew(run: Running, path: string, value: JsonObject, force: boolean | undefined): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { flag: force === true ? 'w' : 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    run.fail(
      exitCodes.failed,
      code === 'EEXIST'
        ? `${path} is there already. Replace it with --force.`
        : `${path} cannot be written: ${message}`,
    );
  }
}
