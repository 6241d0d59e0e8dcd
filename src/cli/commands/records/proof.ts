import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ProofVerdictBody, ProvenBody } from '../../../api/types/proofs.ts';
import { unreachable } from '../../../base/assert.ts';
import { canonicalText } from '../../../base/canonical-json.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';

export function proofCommands(program: Command, context: CliContext): void {
  const proof = program.command('proof').description('proofs that hold without a daemon or a home');

  proof
    .command('verify <file>')
    .description('hold a proof against nothing but itself; - reads standard input')
    .option('--root <key>', 'demand that this root key founded the scope')
    .addHelpText('after', examples('proof verify notes.proof', 'proof verify notes.proof --root 3q2-7w'))
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
    return `FALSE. ${verdict.message}`;
  }
  const { deviceId, deviceRevoked, scopeId, scopeKind, rootKey, notProven } = verdict;
  return [
    ...subjectLines(verdict),
    `device  ${deviceId}${deviceRevoked ? ' (revoked later)' : ''}`,
    `scope   ${scopeId} (${scopeKind})`,
    `root    ${rootKey}`,
    '',
    'Not proven:',
    ...notProven.map((line) => `- ${line}`),
  ].join('\n');
}

function subjectLines(proven: ProvenBody): readonly string[] {
  switch (proven.kind) {
    case 'record': {
      const { collection, id, operation, author, at, changeId, sequence, index, value } = proven;
      return [
        `TRUE. ${collection}/${id} (${operation}) was written by ${author} at ${at}.`,
        `change  ${changeId}, record ${index} of batch ${sequence}`,
        `value   ${JSON.stringify(value, null, 2)}`,
      ];
    }
    case 'audit': {
      const { position, event, checkpoint } = proven;
      return [
        `TRUE. ${event.eventType} (${event.outcome}) is event ${position} of the audit chain of its device.`,
        `signed  the first ${checkpoint.n} events, at ${checkpoint.at}`,
        `event   ${JSON.stringify(event, null, 2)}`,
      ];
    }
    case 'audit-consistency': {
      const { from, to } = proven;
      return [
        `TRUE. The audit chain of ${to.n} events begins with the one of ${from.n}.`,
        `signed  at ${from.at} and at ${to.at}`,
      ];
    }
    default:
      return unreachable(proven);
  }
}
