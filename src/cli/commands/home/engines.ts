import { type Command, Option } from 'commander';
import type { EngineBody, EngineDetailBody } from '../../../api/types/bodies.ts';
import { type EnginePlanBody, type FirstChoiceName, firstChoiceNames } from '../../../api/types/plan.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { counted } from '../../../base/counted.ts';
import { running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { needLines } from './status-text.ts';

export function engineCommands(program: Command, context: CliContext): void {
  const engines = program.command('engines').description('collections and what rules them');

  engines
    .command('ls')
    .description('every engine with its state')
    .addHelpText('after', examples('engines ls', 'engines ls --json'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const { items } = run.unwrap(await (await run.client()).engines());
      run.show({ items }, () => engineTable(items));
    });

  engines
    .command('show <id>')
    .description('manifest, counts and the state table with the current row marked')
    .addHelpText('after', examples('engines show shell'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).engine(fullId(id))), engineText);
    });

  engines
    .command('plan <id>')
    .description('what switching it on would do here, counted before anything moves')
    .addHelpText('after', examples('engines plan notes'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).planEngine(fullId(id))), planText);
    });

  engines
    .command('enable <id>')
    .description('switch a collection on here')
    .addOption(
      new Option('--first <choice>', 'where both sides have data already: whose fields are live').choices([
        ...firstChoiceNames,
      ]),
    )
    .addHelpText('after', examples('engines enable notes', 'engines enable notes --first merge'))
    .action(async (id: string, { first }: { first?: FirstChoiceName }, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).enable(fullId(id), first)), switchedText);
    });

  engines
    .command('disable <id>')
    .description('switch a collection off here; nothing is lost')
    .addHelpText('after', examples('engines disable notes'))
    .action(async (id: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).disable(fullId(id))), switchedText);
    });
}

function switchedText({ engineId, state }: EngineBody): string {
  return `${engineId} is ${state}.`;
}

function planText({ engineId, enabled, local, remote, wouldApply, wouldPublish, choices }: EnginePlanBody): string {
  const { add, change, remove, review, conflict, hold, brake } = wouldApply;
  const choose =
    choices.length === 0
      ? []
      : ['', `Both sides have data. Choose with: sourcesync engines enable ${engineId} --first ${choices.join('|')}`];
  return [
    `${engineId} is ${enabled ? 'on' : 'off'}; nothing was changed.`,
    `here: ${counted(local.records, 'record')}, ${counted(local.files, 'linked file')}; from elsewhere ${remote.waiting === 1 ? '1 change waits' : `${remote.waiting} changes wait`}`,
    `would add ${add}, change ${change} and remove ${counted(remove, 'record')} here, open ${counted(review, 'review')} and ${counted(conflict, 'conflict')}`,
    `would leave ${counted(hold, 'change')} waiting${brake ? ', held by the mass-change brake' : ''}`,
    `would publish ${counted(wouldPublish.changes, 'change')} and follow ${counted(wouldPublish.files, 'file')}`,
    ...choose,
  ].join('\n');
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
    ...needLines(engine),
    '',
    table([' ', '#', 'state', 'holds when'], rows),
  ].join('\n');
}
