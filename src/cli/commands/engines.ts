import type { Command } from 'commander';
import type { EngineBody, EngineDetailBody } from '../../api/types.ts';
import type { CliContext } from '../context.ts';
import { running } from '../run-command.ts';
import { table } from '../table.ts';

export function engineCommands(program: Command, context: CliContext): void {
  const engines = program.command('engines').description('collections and what rules them');

  engines
    .command('ls')
    .description('every engine with its state')
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const { items } = run.unwrap(await (await run.client()).engines());
      run.show({ items }, () => engineTable(items));
    });

  engines
    .command('show <id>')
    .description('manifest, counts and the state table with the current row marked')
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).engine(fullId(id))), engineText);
    });

  for (const action of ['enable', 'disable'] as const) {
    engines
      .command(`${action} <id>`)
      .description(
        action === 'enable' ? 'switch a collection on here' : 'switch a collection off here; nothing is lost',
      )
      .action(async (id: string, _options: unknown, command: Command) => {
        const run = running(context, command);
        const client = await run.client();
        run.show(run.unwrap(await client[action](fullId(id))), ({ engineId, state }) => `${engineId} is ${state}.`);
      });
  }
}

/** `shell` for `sourceos.sync.shell`: the daemon also knows engines by their collection. */
export function fullId(id: string): string {
  return id.includes('.sync.') ? id : `sourceos.sync.${id}`;
}

function engineTable(items: readonly EngineBody[]): string {
  return table(
    ['engine', 'collection', 'on', 'state', 'strategy', 'policy'],
    items.map((engine) => [
      engine.engineId,
      engine.collection,
      engine.enabled ? 'yes' : 'no',
      engine.state,
      engine.mergeStrategy,
      engine.policyClass,
    ]),
  );
}

function engineText(engine: EngineDetailBody): string {
  const rows = engine.machine.map(({ row, state, holdsWhen, current }) => [
    current ? '→' : ' ',
    String(row),
    state,
    holdsWhen,
  ]);
  return [
    `${engine.engineId}: ${engine.state} since ${engine.since}`,
    `strategy ${engine.mergeStrategy}, scope ${engine.encryptionScope}, policy class ${engine.policyClass}`,
    `live ${engine.counts.live}, tombstoned ${engine.counts.tombstoned}, review ${engine.counts.review}, conflicts ${engine.counts.conflicts}, quarantined ${engine.counts.quarantined}, outbox ${engine.counts.outbox}`,
    ...engine.conditions.map(({ state, reasonCodes }) => `also ${state} ${reasonCodes.join(', ')}`),
    '',
    table([' ', '#', 'state', 'holds when'], rows),
  ].join('\n');
}
