import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LinkBody, LinkCleanBody, LinkShowBody } from '../../../api/types/links.ts';
import type { Client } from '../../../client/client.ts';
import type { CliContext } from '../../ground/context.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { examples } from '../../ground/examples.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { counted } from '../../../base/counted.ts';
import { printable, table } from '../../ground/table.ts';
import { withProgress } from '../../ground/with-progress.ts';
import { fetchOne } from './link-fetch.ts';
import { fullId } from '../home/engines.ts';
import { filesText, restedFilesText } from '../home/status-text.ts';

interface LinkOptions {
  readonly execute?: boolean;
  readonly links?: boolean;
  readonly also?: boolean;
}

export function linkCommands(program: Command, context: CliContext): void {
  program
    .command('link [engine] [dir]')
    .description('keep the files of a folder and the records of a collection in step; alone it lists the links')
    .option('--links', 'take symbolic links that stay inside the folder, also of one that is linked already')
    .option('--also', 'do not ask: one more folder for a collection that has one is filled with all that is in it')
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
    .addHelpText('after', examples('unlink ~/notes'))
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
  sourcesync link notes ~/notes --links    symbolic links too, also where it is linked already
  sourcesync link notes ~/more --also      one more folder for notes: it gets all of them
  sourcesync link ls ~/notes           every file that is not in step, and why
  sourcesync link show ~/notes         its limits, and what is never synced
  sourcesync link resume ~/notes       a paused link: look again whether this is the right folder
  sourcesync link adopt ~/notes        a paused link: take this folder as new; missing files are written
  sourcesync link fetch ~/a.raw        a large file that is on its way: before all others, now
  sourcesync link clean ~/notes        copies (NAME.kept-…) that an earlier version made; --execute removes them

ls, show, resume, adopt, fetch and clean are words of link itself, and this is the help of all of them.
A file NAME in the folder becomes the record NAME. Every engine can be linked: see sourcesync engines ls. What is listed in .syncignore (the syntax of .gitignore) is left
out, on every device; .syncignore.local is for this one alone. Files of more than 1 MiB are synced in folders
of notes and of workspace, up to max_file_size (1 GiB unless set), where the relay keeps them.`;

async function byWord(
  run: Running,
  client: Pick<
    Client,
    'status' | 'links' | 'link' | 'showLink' | 'resumeLink' | 'adoptLink' | 'fetchLink' | 'cleanLink'
  >,
  word: string,
  root: string,
  { execute, links, also }: LinkOptions,
): Promise<void> {
  switch (word) {
    case 'ls': {
      const { items } = run.unwrap(await client.links());
      const isRevoked = run.unwrap(await client.status()).device.revoked;
      const link = items.find(({ path }) => path === root);
      return link === undefined
        ? run.fail(exitCodes.failed, `${root} is not linked. See: sourcesync link ls`)
        : run.show(link, (shown) => problemsText(shown, isRevoked));
    }
    case 'show':
      return run.show(run.unwrap(await client.showLink(root)), showText);
    case 'resume':
      return run.show(run.unwrap(await client.resumeLink(root)), linkText);
    case 'adopt':
      return run.show(run.unwrap(await client.adoptLink(root)), linkText);
    case 'fetch':
      return fetchOne(run, client, root);
    case 'clean':
      return run.show(run.unwrap(await client.cleanLink(root, execute === true)), cleanText);
    default:
      if (also !== true) {
        await askOfSecond(run, client, fullId(word), root);
      }
      return run.show(run.unwrap(await linked(run, client, fullId(word), root, links === true)), linkText);
  }
}

/**
 * A second folder is filled with what the first one has: nobody expects that who meant to add what lies in it. A script
 * goes on, and has it in its output.
 */
async function askOfSecond(run: Running, client: Pick<Client, 'links'>, engine: string, root: string): Promise<void> {
  const { items } = run.unwrap(await client.links());
  const others = items.filter(({ engineId, path, rests }) => engineId === engine && path !== root && !rests);
  const [first] = others;
  if (first === undefined || items.some(({ path, engineId }) => path === root && engineId === engine)) {
    return;
  }
  const what = `${first.collection} is linked to ${others.map(({ path }) => printable(path)).join(', ')} already: ${printable(root)} is filled with ${first.files === 1 ? 'the file' : `all ${first.files} files`} of it, and what lies there goes into ${first.collection}.`;
  run.output.note(what);
  if (!run.output.interactive || run.asJson) {
    return;
  }
  if ((await run.output.ask('Link it all the same? yes or no: '))?.trim().toLowerCase() !== 'yes') {
    run.fail(exitCodes.failed, 'Nothing was linked.');
  }
}

/** The answer comes once the folder was read whole for the first time: until then a person sees how far it is. */
async function linked(
  { output }: Running,
  client: Pick<Client, 'links' | 'link'>,
  engine: string,
  root: string,
  follows: boolean,
): ReturnType<Client['link']> {
  return withProgress(output, () => readSoFar(client, root), client.link(engine, root, follows));
}

async function readSoFar(client: Pick<Client, 'links'>, root: string): Promise<string | undefined> {
  const links = await client.links();
  const link = links.ok ? links.value.items.find(({ path }) => path === root) : undefined;
  return link && `${printable(root)}: ${counted(link.files, 'file')} in step so far`;
}

function linkTable(items: readonly LinkBody[]): string {
  return items.length === 0
    ? 'No folder is linked. Link one with: sourcesync link ENGINE DIR'
    : table(
        ['folder', 'collection', 'state', 'files', 'not in step'],
        items.map(({ path, collection, state, rests, files, notInStep }) => [
          ...[path, collection, rests ? 'rests' : state, String(files)],
          rests ? 'not looked at' : String(notInStep.count),
        ]),
      );
}

function linkText(link: LinkBody, isRevoked = false): string {
  const { path, collection, files, rests, pausedReason } = link;
  if (rests) {
    return `${path} rests (${collection}): ${restedFilesText(files)}.\n  ${pausedReason}`;
  }
  const what = pausedReason === null ? `is linked to ${collection}` : `is linked to ${collection} and paused`;
  return [`${path} ${what}: ${filesText(files, isRevoked)}.`, ...problemLines(link)].join('\n');
}

function problemsText(link: LinkBody, isRevoked: boolean): string {
  const text = linkText(link, isRevoked);
  const { problems, waits, rests, collection } = link;
  if (waits) {
    return `${text}\n  Changes of ${collection} wait for your word; until then files may differ from those of your other devices. See: sourcesync review, sourcesync quarantine ls`;
  }
  return problems.length === 0 && !isRevoked && !rests ? `${text} Every file is.` : text;
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
