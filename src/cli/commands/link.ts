import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LinkBody } from '../../api/types.ts';
import { type CliContext, exitCodes } from '../context.ts';
import { running } from '../run-command.ts';
import { printable, table } from '../table.ts';
import { fullId } from './engines.ts';

export function linkCommands(program: Command, context: CliContext): void {
  program
    .command('link [engine] [dir]')
    .description(
      'keep the files of a folder and the records of a collection in step; alone or with ls it lists the links',
    )
    .action(async (engine: string | undefined, dir: string | undefined, _options: unknown, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      if (engine === undefined || (engine === 'ls' && dir === undefined)) {
        run.show(run.unwrap(await client.links()), ({ items }) => linkTable(items));
        return;
      }
      if (dir === undefined) {
        return run.fail(exitCodes.usage, 'Name the folder: sourcesync link ENGINE DIR');
      }
      run.show(run.unwrap(await client.link(fullId(engine), resolve(dir))), linkText);
    });

  program
    .command('unlink <dir>')
    .description('leave files and records as they are and keep them in step no longer')
    .action(async (dir: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.unwrap(await (await run.client()).unlink(resolve(dir))),
        ({ root }) => `${root} is no longer linked.`,
      );
    });
}

function linkTable(items: readonly LinkBody[]): string {
  return items.length === 0
    ? 'No folder is linked. Link one with: sourcesync link ENGINE DIR'
    : table(
        ['folder', 'collection', 'state', 'files', 'problems'],
        items.map(({ root, collection, state, files, problems }) => [
          root,
          collection,
          state,
          String(files),
          String(problems.length),
        ]),
      );
}

function linkText({ root, collection, files, problems }: LinkBody): string {
  return [
    `${root} is linked to ${collection}: ${files} files.`,
    ...problems.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}`),
  ].join('\n');
}
