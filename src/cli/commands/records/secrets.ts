import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { secretUrn } from '../../../contract/secrets.ts';
import type { CliContext } from '../../ground/context.ts';
import { examples } from '../../ground/examples.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { table } from '../../ground/table.ts';
import { credentialAt, findCommand } from './secrets-find.ts';

export function secretCommands(program: Command, context: CliContext): void {
  const secrets = program.command('secrets').description('the vault of this device, which never leaves it');

  secrets
    .command('ls')
    .description('what is in it, without the values')
    .addHelpText('after', examples('secrets ls'))
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      run.show(run.unwrap(await (await run.client()).secrets()), ({ items }) =>
        table(
          ['id', 'label', 'kind', 'reference'],
          items.map(({ id, label, kind, ref }) => [id, label, kind ?? '', ref]),
        ),
      );
    });

  findCommand(secrets, context);
  setCommand(secrets, context);

  secrets
    .command('get <id>')
    .description('reveal one; this is audited')
    .option('--out <file>', 'write exactly the value to this new file, for its owner alone')
    .addHelpText('after', examples('secrets get github --out token.txt'))
    .action(async (id: string, options: { out?: string }, command: Command) => {
      const run = running(context, command);
      const secret = run.unwrap(await (await run.client()).revealSecret(id));
      if (options.out === undefined) {
        if (run.asJson || run.output.interactive) {
          run.show(secret, ({ value }) => value);
        } else {
          // A program reads it, as in "$(sourcesync secrets get ID)": exactly the value, and a line break.
          run.output.line(secret.value);
        }
        return;
      }
      const { value, ...described } = secret;
      await writeNew(run, options.out, value);
      run.show({ ...described, file: options.out }, () => `${id} is in ${options.out}.`);
    });

  secrets
    .command('rm <id>')
    .description('forget one for good; references to it lead nowhere then')
    .option('--execute', 'do it, not only say what would be done')
    .addHelpText('after', examples('secrets rm github --execute'))
    .action(async (id: string, options: { execute?: boolean }, command: Command) => {
      const run = running(context, command);
      const client = await run.client();
      const secret = run.unwrap(await client.secrets()).items.find((item) => item.id === id);
      if (secret === undefined) {
        run.fail(exitCodes.failed, 'The vault of this device has no such secret. See: sourcesync secrets ls');
      }
      if (options.execute === true) {
        run.unwrap(await client.removeRecord('secrets', id));
      }
      run.show({ ...secret, removed: options.execute === true }, ({ label, removed }) =>
        removed
          ? `${id} (${label}) is gone.`
          : `${id} (${label}) would be forgotten for good: nothing keeps a copy. Do it with --execute.`,
      );
    });
}

function setCommand(secrets: Command, context: CliContext): void {
  secrets
    .command('set <id>')
    .description(
      'put a value in, from a file, standard input, the terminal or where it was found, never from the command line',
    )
    .option('--file <file>', 'a file that holds exactly the value, or - for standard input')
    .option('--from <place>', 'a credential that `secrets find` found: FILE:LINE')
    .option('--label <label>', 'what a person calls it')
    .option('--kind <kind>', 'what it opens')
    .option('--notes <notes>', 'words beside it')
    .addHelpText(
      'after',
      examples('secrets set github --file token.txt --label GitHub', 'secrets set github --from ~/.netrc:3'),
    )
    .action(
      async (
        id: string,
        options: { file?: string; from?: string; label?: string; kind?: string; notes?: string },
        command: Command,
      ) => {
        const run = running(context, command);
        const { file, from, label, kind, notes } = options;
        const value = await valueOf(run, file, from);
        const client = await run.client();
        const isKnown = run.unwrap(await client.secrets()).items.some((item) => item.id === id);
        run.unwrap(
          await client.putRecord('secrets', id, {
            value,
            ...(label === undefined ? (isKnown ? {} : { label: id }) : { label }),
            ...(kind === undefined ? {} : { kind }),
            ...(notes === undefined ? {} : { notes }),
          }),
        );
        run.show(
          { id, ref: secretUrn(id) },
          ({ ref }) => `${id} is in the vault. In its place, records say {"$secretRef": "${ref}"}.`,
        );
      },
    );
}

async function valueOf(run: Running, file: string | undefined, from: string | undefined): Promise<string> {
  if (file !== undefined && from !== undefined) {
    return run.fail(exitCodes.usage, 'The value comes from one place: --file or --from.');
  }
  return from === undefined ? (file === undefined ? typed(run) : readValue(run, file)) : credentialAt(run, from);
}

async function typed(run: Running): Promise<string> {
  return run.output.interactive
    ? run.output.askSecret('Value: ')
    : run.fail(
        exitCodes.usage,
        'There is no terminal to type the value at. Name a file that holds it: --file FILE, or -.',
      );
}

async function readValue(run: Running, file: string): Promise<string> {
  try {
    return file === '-' ? await run.output.readStdin() : await readFile(file, 'utf8');
  } catch (cause) {
    return run.fail(exitCodes.usage, `${file} cannot be read: ${(cause as Error).message}`);
  }
}

async function writeNew(run: Running, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    run.fail(exitCodes.usage, `${file} cannot be written: ${(cause as Error).message}`);
  }
}
