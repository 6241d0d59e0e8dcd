import type { Command } from 'commander';
import { localTime } from '../../../base/local-time.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { handOut, showVerdict } from './proof.ts';

export function auditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('the hash chain of what this device decided');

  audit
    .command('ls')
    .description('events, newest first, a page at a time')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--limit <n>', 'page size, at most 1000', '100')
    .option('--oldest', 'oldest first; a cursor goes with the order in which it was given out')
    .addHelpText('after', examples('audit ls', 'audit ls --limit 20 --json', 'audit ls --oldest'))
    .action(async (options: { cursor?: string; limit: string; oldest?: true }, command: Command) => {
      const run = running(context, command);
      const page = run.unwrap(
        await (await run.client()).audit({
          limit: Number(options.limit),
          order: options.oldest === true ? 'oldest' : 'newest',
          ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
        }),
      );
      run.show(page, ({ items, nextCursor }) =>
        [
          table(
            ['at', 'event', 'outcome', 'reason', 'domain', 'id'],
            items.map((event) => [
              localTime(event.occurredAt, 'seconds'),
              event.eventType,
              event.outcome,
              event.reasonCode,
              event.policyDomain,
              event.id,
            ]),
          ),
          ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`]),
        ].join('\n'),
      );
    });

  verifyCommand(audit, context);
  proveCommand(audit, context);
}

function verifyCommand(audit: Command, context: CliContext): void {
  audit
    .command('verify')
    .description('recompute the whole chain and hold it against what was signed; or check a proof, offline')
    .option('--proof <file>', 'a proof made by audit prove; - reads standard input')
    .option('--root <key>', 'with --proof: demand that this root key founded the scope')
    .addHelpText('after', examples('audit verify', 'audit verify --proof event.proof --root 3q2-7w'))
    .action(async (options: { proof?: string; root?: string }, command: Command) => {
      const run = running(context, command);
      if (options.proof !== undefined) {
        await showVerdict(run, options.proof, options.root);
        return;
      }
      const verified = run.unwrap(await (await run.client()).verifyAudit());
      run.show(verified, ({ message }) => message);
      if (!verified.valid) {
        run.fail(exitCodes.failed, '');
      }
    });
}

function proveCommand(audit: Command, context: CliContext): void {
  audit
    .command('prove [event]')
    .description('a proof of one event, by id or position; or with --from, that the chain only grew')
    .option('--from <n>', 'an earlier checkpoint, by its number of events')
    .option('--to <n>', 'a later checkpoint; the latest unless named')
    .option('--out <file>', 'write it to a file')
    .addHelpText(
      'after',
      examples(
        'audit prove urn:srcos:event:k3j2 --out event.proof',
        'audit prove --from 100 --to 200 --out growth.proof',
      ),
    )
    .action(
      async (event: string | undefined, options: { from?: string; to?: string; out?: string }, command: Command) => {
        const run = running(context, command);
        const { from, to } = options;
        if ((event === undefined) === (from === undefined) || (from === undefined && to !== undefined)) {
          return run.fail(exitCodes.usage, 'Name an event, or two checkpoints with --from N and --to N.');
        }
        const client = await run.client();
        const proof = event === undefined ? client.proveConsistency(from ?? '', to) : client.proveEvent(event);
        await handOut(run, run.unwrap(await proof), options.out);
      },
    );
}
