import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LinkBody, LinkCleanBody, LinkShowBody } from '../../../api/types/links.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { counted } from '../../ground/quantity.ts';
import { printable, table } from '../../ground/table.ts';
import { fullId } from './engines.ts';

interface LinkOptions {
  readonly execute?: boolean;
  readonly links?: boolean;
}

export function linkCommands(program: Command, context: CliContext): void {
  program
    .command('link [engine] [dir]')
    .description('keep the files of a folder and the records of a collection in step; alone it lists the links')
    .option('--links', 'take symbolic links that stay inside the folder; without it they are reported')
    .option('--execute', 'with clean: remove the copies that it lists')
    .addHelpText('after', help)
    .action(async (word: string | undefined, dir: string | undefined, options: LinkOptions, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      if (word === undefined || (word === 'ls' && dir === undefined)) {
        run.show(run.unwrap(await client.links()), ({ items }) => linkTable(items));
        return;
      }
      if (dir === undefined) {
        return run.fail(exitCodes.usage, 'Name the folder: sourcesync link ENGINE DIR');
      }
      await byWord(run, client, word, resolve(dir), options);
    });

  program
    .command('unlink <dir>')
    .description('leave files and records as they are and keep them in step no longer')
    .addHelpText('after', '\nExample:\n  sourcesync unlink ~/notes')
    .action(async (dir: string, _options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(
        run.unwrap(await (await run.client()).unlink(resolve(dir))),
        ({ root }) => `${root} is no longer linked.`,
      );
    });
}

const help = `
Examples:
  sourcesync link notes ~/notes        notes: text that merges; each device's edits hold
  sourcesync link workspace ~/graph    records and files; the same place changed twice is a conflict
  sourcesync link shell ~/dotfiles     what another device changes waits for you
  sourcesync link ls ~/notes           every file that is not in step, and why
  sourcesync link show ~/notes         its limits, and what is never synced
  sourcesync link resume ~/notes       a paused link: look again whether this is the right folder
  sourcesync link adopt ~/notes        a paused link: take this folder as new; missing files are written
  sourcesync link clean ~/notes        copies (NAME.kept-…) that an earlier version made; --execute removes them

A file NAME in the folder becomes the record NAME. What is listed in .syncignore (the syntax of .gitignore) is left
out, on every device; .syncignore.local is for this one alone. Files of more than 1 MiB are not synced yet.`;

async function byWord(
  run: Running,
  client: Pick<Client, 'links' | 'link' | 'showLink' | 'resumeLink' | 'adoptLink' | 'cleanLink'>,
  word: string,
  root: string,
  { execute, links }: LinkOptions,
): Promise<void> {
  switch (word) {
    case 'ls': {
      const { items } = run.unwrap(await client.links());
      const link = items.find(({ path }) => path === root);
      return link === undefined
        ? run.fail(exitCodes.failed, `${root} is not linked. See: sourcesync link ls`)
        : run.show(link, problemsText);
    }
    case 'show':
      return run.show(run.unwrap(await client.showLink(root)), showText);
    case 'resume':
      return run.show(run.unwrap(await client.resumeLink(root)), linkText);
    case 'adopt':
      return run.show(run.unwrap(await client.adoptLink(root)), linkText);
    case 'clean':
      return run.show(run.unwrap(await client.cleanLink(root, execute === true)), cleanText);
    default:
      return run.show(run.unwrap(await client.link(fullId(word), root, links === true)), linkText);
  }
}

function linkTable(items: readonly LinkBody[]): string {
  return items.length === 0
    ? 'No folder is linked. Link one with: sourcesync link ENGINE DIR'
    : table(
        ['folder', 'collection', 'state', 'files', 'not in step'],
        items.map(({ path, collection, state, files, notInStep }) => [
          path,
          collection,
          state,
          String(files),
          String(notInStep.count),
        ]),
      );
}

function linkText(link: LinkBody): string {
  const { path, collection, files, pausedReason } = link;
  const what = pausedReason === null ? `is linked to ${collection}` : `is linked to ${collection} and paused`;
  return [`${path} ${what}: ${counted(files, 'file')} in step.`, ...problemLines(link)].join('\n');
}

function problemsText(link: LinkBody): string {
  const { problems, waits, collection } = link;
  if (waits) {
    return `${linkText(link)}\n  Changes of ${collection} wait for your word; until then files may differ from those of your other devices. See: sourcesync reviews ls, sourcesync quarantine ls`;
  }
  return problems.length === 0 ? `${linkText(link)} Every file is.` : linkText(link);
}

function problemLines({ problems }: LinkBody): readonly string[] {
  return problems.map(({ path, message }) => `  ${path === '' ? '' : `${printable(path)}: `}${printable(message)}`);
}

function showText(link: LinkShowBody): string {
  const { maximumFileBytes, ignoreFiles, builtInPatterns } = link;
  return [
    linkText(link),
    `  files of at most ${maximumFileBytes} bytes are synced`,
    `  left out: what is listed in ${ignoreFiles.join(' or ')}, and always:`,
    ...builtInPatterns.map((pattern) => `    ${pattern}`),
  ].join('\n');
}

function cleanText({ root, copies, removed }: LinkCleanBody): string {
  if (copies.length === 0) {
    return `No copy of an earlier version lies in ${root}.`;
  }
  const next = removed
    ? 'They were removed; history keeps what they held.'
    : 'Remove them with: --execute (history keeps what they hold)';
  return [
    `${counted(copies.length, 'copy', 'copies')} of an earlier version:`,
    ...copies.map((path) => `  ${printable(path)}`),
    next,
  ].join('\n');
}
