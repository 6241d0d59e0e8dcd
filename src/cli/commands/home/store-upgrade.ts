import type { Command } from 'commander';
import { counted } from '../../../base/counted.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { sizeInWords } from '../../ground/quantity.ts';
import { running } from '../../ground/run-command.ts';
import type { RollbackReport, UpgradeReport } from '../../ground/store-commands.ts';
import { printable } from '../../ground/table.ts';

/** The upgrade of a store and the way back: both are done while no daemon runs. */
export function storeUpgradeCommands(store: Command, context: CliContext): void {
  store
    .command('upgrade')
    .description(
      'what this version of the program would make of the store, tried on a copy; a daemon does it when it starts',
    )
    .option('--dry-run', 'show the plan and try it; nothing of the home is touched')
    .addHelpText('after', examples('store upgrade --dry-run', 'store upgrade --dry-run --json'))
    .action(async (options: { dryRun?: boolean }, command: Command) => {
      const run = running(context, command);
      if (options.dryRun !== true) {
        run.fail(
          exitCodes.usage,
          'The store is upgraded when the daemon starts: sourcesync daemon start. To see before what that does: sourcesync store upgrade --dry-run',
        );
      }
      const report = run.settle(await (await run.local.store()).tryUpgrade());
      run.show(report, upgradeText);
      if (report.failure !== null) {
        run.fail(exitCodes.failed, '');
      }
    });

  store
    .command('rollback')
    .description('put the copy back that was made before the last upgrade; without --yes it says what that means')
    .option('--yes', 'do it')
    .addHelpText('after', examples('store rollback               says what it would do', 'store rollback --yes'))
    .action(async (options: { yes?: boolean }, command: Command) => {
      const run = running(context, command);
      run.show(run.settle(await (await run.local.store()).rollBack(options.yes === true)), rollbackText);
    });
}

function upgradeText(report: UpgradeReport): string {
  const { found, version, program, steps, storeBytes, room, failure, tookMs } = report;
  const { folder, neededBytes, freeBytes } = room;
  const about = `The store is of version ${found}; SourceSync ${printable(program)} works with version ${version}.`;
  if (steps.length === 0) {
    return `${about} There is nothing to upgrade.`;
  }
  const isShort = freeBytes !== null && freeBytes < neededBytes;
  const free = freeBytes === null ? 'the disk does not say what is free' : `${sizeInWords(freeBytes)} are free`;
  return [
    about,
    `Steps: ${steps.map((step) => `to version ${step}`).join(', ')}. The store (${sizeInWords(storeBytes)}) is copied before.`,
    `This takes ${sizeInWords(neededBytes)} on the disk of ${printable(folder)}; ${free}.`,
    failure === null
      ? `Tried on a copy: it works, and took ${tookMs} ms. Nothing of this home was changed.`
      : `Tried on a copy: it fails. ${printable(failure)}. Nothing of this home was changed. Stay with the version of SourceSync that you use, and report this.`,
    ...(isShort ? ['Make room there first: without it nothing is upgraded.'] : []),
    ...(failure === null && !isShort ? ['Do it with: sourcesync daemon start'] : []),
  ].join('\n');
}

function rollbackText(report: RollbackReport): string {
  const { executed, from, to, copy, copiedAt, sizeBytes, keptAt, changesLost } = report;
  const [puts, keeps] = executed ? ['was put back', 'is kept as'] : ['would be put back', 'would be kept as'];
  return [
    `The copy of ${copiedAt} ${puts}: version ${to} in place of ${from}, ${sizeInWords(sizeBytes)}, ${printable(copy)}`,
    `What it replaces ${keeps} ${printable(keptAt)}`,
    `Lost with it is what was written since the copy was made (${counted(changesLost, 'change')} more in the store than in the copy), decisions and settings too. What was sent comes back from relays and other devices; what was not sent is in the file that is kept alone.`,
    `Before the daemon is started again, install the version of SourceSync that was used before: this one upgrades the store again where it is newer.`,
    ...(executed ? [] : ['Nothing was changed. Do it with: sourcesync store rollback --yes']),
  ].join('\n');
}
