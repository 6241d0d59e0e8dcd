import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ProofVerdictBody } from '../../api/types/proofs.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import type { JsonObject } from '../../base/json.ts';
import { type CliContext, exitCodes } from '../context.ts';
import { type Running, running } from '../run-command.ts';

export function proofCommands(program: Command, context: CliContext): void {
  const proof = program.command('proof').description('proofs that hold without a daemon or a home');

  proof
    .command('verify <file>')
    .description('hold a proof against nothing but itself; - reads standard input')
    .option('--root <key>', 'demand that this root key founded the scope')
    .action(async (file: string, options: { root?: string }, command: Command) => {
      const run = running(context, command);
      await showVerdict(run, file, options.root);
    });
}

/** Shows what a proof file proves, or leaves with the words of why it is false. */
export async function showVerdict(run: Running, file: string, root: string | undefined): Promise<void> {
  const verdict = run.settle(await run.local.verifyProof(await readProof(run, file), root));
  run.show(verdict, verdictText);
  if (!verdict.valid) {
    run.fail(exitCodes.failed, '');
  }
}

/** Writes a proof to a file, or to standard output; either is the one text that `proof verify` reads. */
export async function handOut(run: Running, proof: JsonObject, file: string | undefined): Promise<void> {
  if (file === undefined) {
    run.output.line(canonicalText(proof));
    return;
  }
  try {
    await writeFile(file, `${canonicalText(proof)}\n`);
  } catch (cause) {
    run.fail(exitCodes.usage, `${file} cannot be written: ${(cause as Error).message}`);
  }
  run.show({ file }, () => `The proof is in ${file}. Anybody checks it with: sourcesync proof verify ${file}`);
}

async function readProof(run: Running, file: string): Promise<string> {
  try {
    return file === '-' ? await run.output.readStdin() : await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
}

function verdictText(verdict: ProofVerdictBody): string {
  if (!verdict.valid) {
    const { reasonCode, detail, message } = verdict;
    return `FALSE. ${detail === null ? reasonCode : `${reasonCode}/${detail}`}: ${message}`;
  }
  const { collection, id, operation, author, at, scopeKind, scopeId, rootKey, deviceId, value } = verdict;
  return [
    `TRUE. ${collection}/${id} (${operation}) was written by ${author} at ${at}.`,
    `device  ${deviceId}${verdict.deviceRevoked ? ' (revoked later)' : ''}, batch ${verdict.sequence}, record ${verdict.index}`,
    `scope   ${scopeId} (${scopeKind})`,
    `root    ${rootKey}`,
    `change  ${verdict.changeId}`,
    'value',
    JSON.stringify(value, null, 2),
    '',
    'Not proven:',
    ...verdict.notProven.map((line) => `- ${line}`),
  ].join('\n');
}
