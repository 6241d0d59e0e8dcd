import { examples } from '../../ground/examples.ts';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { GrantBody, GrantedBody, LeaseBody, LeaseVerdictBody } from '../../../api/types/leases.ts';
import type { CliContext, SigningKey } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { parseDuration } from '../../ground/duration.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { writeSecretOut } from '../../ground/write-secret-out.ts';

interface GrantOptions {
  readonly agent: string;
  readonly capability: string;
  readonly scope?: string;
  readonly collection?: readonly string[];
  readonly agentKey?: string;
  readonly ttl: string;
  readonly requiresHuman?: boolean;
  readonly out?: string;
  readonly keyOut?: string;
}

export function leaseCommands(program: Command, context: CliContext): void {
  const lease = program.command('lease').description('what agents may do, and for how long');
  grantCommand(lease, context);
  approveCommand(lease, context);
  revokeCommand(lease, context);
  verifyCommand(lease, context);

  lease
    .command('ls')
    .description('leases that this device granted')
    .addHelpText('after', examples('lease ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).leases()), ({ items }) => leaseTable(items));
    });
}

function grantCommand(lease: Command, context: CliContext): void {
  lease
    .command('grant')
    .description('let an agent do one thing in one scope for a while')
    .requiredOption('--agent <name>', 'who it is for')
    .requiredOption('--capability <name>', 'what it may do, such as records.write')
    .option('--scope <scope>', 'id, name or kind of the scope; the first workspace when left out')
    .option('--collection <name...>', 'the only collections that it reaches')
    .option('--agent-key <key>', 'its own Ed25519 public key, base64url, instead of a new pair shown this once')
    .option('--ttl <duration>', 'at most 24h where critical things are reached, 30d otherwise', '24h')
    .option('--requires-human', 'a person approves each use, with: lease approve')
    .option('--out <file>', 'write the lease, with the log that proves it, to this file')
    .option('--key-out <file>', 'write the secret key of the agent to this file instead of showing it')
    .addHelpText(
      'after',
      examples(
        'lease grant --agent tidier --capability records.write --collection notes --ttl 2h',
        'lease grant --agent tidier --capability records.write --requires-human --out tidier.lease',
      ),
    )
    .action(async (options: GrantOptions, command: Command) => {
      const run = running(context, command);
      const ttlSeconds = parseDuration(options.ttl) ?? run.fail(exitCodes.usage, durationText(options.ttl));
      const pair = options.agentKey === undefined ? await run.local.createSigningKey() : undefined;
      const { agent, capability, scope, collection, requiresHuman, out } = options;
      const wanted: GrantBody = {
        ...{ agent, capability, ttlSeconds, collections: collection ?? 'all' },
        ...{ agentKey: options.agentKey ?? pair?.publicKey ?? '', requiresHumanApproval: requiresHuman === true },
        ...(scope === undefined ? {} : { scope }),
      };
      const granted = run.unwrap(await (await run.client()).grantLease(wanted));
      await writeSecretOut(run, out, granted.file);
      await writeSecretOut(run, pair && options.keyOut, `${pair?.secretKey}\n`);
      run.show({ ...granted, secretKey: pair?.secretKey ?? null }, () => grantedText(granted, pair, options));
    });
}

function approveCommand(lease: Command, context: CliContext): void {
  lease
    .command('approve <id>')
    .description('let this one use of a lease that asks for a person; refuse it with: reviews reject')
    .addHelpText('after', examples('lease approve rv_m4ivpuh5'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const item = run.unwrap(await client.review(id));
      if (item.kind !== 'approval') {
        run.fail(exitCodes.usage, `${item.id} asks about no use of a lease. Decide it with: sourcesync reviews accept`);
      }
      const decided = run.unwrap(await client.decide(item.id, 'accept'));
      run.show(decided, ({ collection, recordId, author }) => `Approved: ${author} wrote ${collection}/${recordId}.`);
    });
}

function revokeCommand(lease: Command, context: CliContext): void {
  lease
    .command('revoke <id>')
    .description('end a lease now; it never holds again')
    .option('--scope <scope>', 'the scope of a lease that another device granted')
    .option('--out <file>', 'write every revocation of this home to this file, for lease verify')
    .addHelpText('after', examples('lease revoke urn:srcos:lease:k3j2'))
    .action(async (id: string, options: { scope?: string; out?: string }, command: Command) => {
      const run = running(context, command);
      const revoked = run.unwrap(await (await run.client()).revokeLease(id, options.scope));
      await writeSecretOut(run, options.out, revoked.file);
      run.show(revoked, ({ leaseId }) => `Revoked ${leaseId}.`);
    });
}

interface VerifyOptions {
  readonly use?: string;
  readonly revocations?: string;
  readonly scope?: string;
  readonly policy?: string;
  readonly at?: string;
  readonly approved?: boolean;
}

function verifyCommand(lease: Command, context: CliContext): void {
  lease
    .command('verify <file>')
    .description('hold a lease, or a use of it, against nothing but files; - reads standard input')
    .option('--use <file>', 'a use that its agent signed')
    .option('--revocations <file>', 'revocations that are known')
    .option('--scope <id>', 'demand that it is for this scope')
    .option('--policy <hash>', 'demand that it was granted under this policy, sha256:…')
    .option('--at <time>', 'judge as of this moment, RFC 3339; now when left out')
    .option('--approved', 'a person has approved the use')
    .addHelpText(
      'after',
      examples('lease verify tidier.lease', 'lease verify tidier.lease --use use.json --revocations revocations.json'),
    )
    .action(async (file: string, options: VerifyOptions, command: Command) => {
      const run = running(context, command);
      const nowMs = options.at === undefined ? Date.now() : Date.parse(options.at);
      if (Number.isNaN(nowMs)) {
        run.fail(exitCodes.usage, `${options.at} is no time. Write it like 2026-01-31T12:00:00Z.`);
      }
      const { scope, policy, use, revocations } = options;
      const verdict = run.settle(
        await run.local.verifyLease({
          ...{ lease: await readText(run, file), nowMs, scope, policyBundleHash: policy },
          use: use === undefined ? undefined : await readText(run, use),
          revocations: revocations === undefined ? undefined : await readText(run, revocations),
          approved: options.approved === true,
        }),
      );
      run.show(verdict, verdictText);
      if (verdict.verdict !== 'accept') {
        run.fail(verdict.verdict === 'review' ? exitCodes.attention : exitCodes.failed, '');
      }
    });
}

async function readText(run: Running, file: string): Promise<string> {
  try {
    return file === '-' ? await run.output.readStdin() : await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
}

function durationText(text: string): string {
  return `${text} is no duration. Write 90s, 15m, 24h or 30d.`;
}

function leaseTable(items: readonly LeaseBody[]): string {
  return table(
    ['lease', 'agent', 'capability', 'state', 'expires', 'class', 'collections', ''],
    items.map((lease) => [
      lease.leaseId.slice(lease.leaseId.lastIndexOf(':') + 1),
      lease.agentId.slice(lease.agentId.lastIndexOf(':') + 1),
      lease.capability,
      lease.state === 'refused' ? `refused: ${lease.reasonCode}` : lease.state,
      lease.expiresAt,
      lease.policyClass,
      lease.collections === 'all' ? 'all' : lease.collections.join(' '),
      lease.requiresHumanApproval ? 'a person approves each use' : '',
    ]),
  );
}

function grantedText(
  granted: GrantedBody,
  pair: SigningKey | undefined,
  { out, keyOut }: Pick<GrantOptions, 'out' | 'keyOut'>,
): string {
  return [
    `${granted.leaseId}: ${granted.agentId} may ${granted.capability} until ${granted.expiresAt}.`,
    ...(granted.requiresHumanApproval ? ['A person approves each use, with: sourcesync lease approve ID'] : []),
    ...(out === undefined
      ? ['', granted.file.trimEnd()]
      : [`The lease is in ${out}. Check it with: sourcesync lease verify ${out}`]),
    ...(pair === undefined ? [] : keyText(pair, keyOut)),
  ].join('\n');
}

function keyText({ secretKey }: SigningKey, keyOut: string | undefined): readonly string[] {
  return keyOut === undefined
    ? ['', 'The secret key of the agent, shown this once; it signs each use:', '', `    ${secretKey}`]
    : [`The secret key of the agent is in ${keyOut}; it signs each use.`];
}

function verdictText({ verdict, message, notProven }: LeaseVerdictBody): string {
  return [
    verdict === 'accept' ? `VALID. ${message}` : `NOT VALID. ${message}`,
    '',
    'Not proven:',
    ...notProven.map((line) => `- ${line}`),
  ].join('\n');
}
