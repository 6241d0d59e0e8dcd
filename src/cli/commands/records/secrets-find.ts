import type { Command } from 'commander';
import type { CliContext } from '../../ground/context.ts';
import { adviceFor, suggestedId } from '../../ground/credential-advice.ts';
import type { CredentialsFound, FoundInFile, SkippedFile } from '../../ground/credentials.ts';
import { exitCodes } from '../../ground/exit-codes.ts';
import { isFault } from '../../ground/run-command.ts';
import { type Running, running } from '../../ground/run-command.ts';
import { counted } from '../../../base/counted.ts';
import { printable, table } from '../../ground/table.ts';

/** One credential in words: where and what kind, never what it is. */
interface FindBody extends Pick<FoundInFile, 'file' | 'line' | 'name' | 'kind'> {
  /** `unknown` where the vault could not be asked. */
  readonly vault: 'held' | 'absent' | 'unknown';
  /** Its id in the vault, or one that is free. */
  readonly id: string;
  /** Puts it into the vault; null where it is there, or stands so that only its own program can read it. */
  readonly put: string | null;
  readonly advice: readonly string[];
}

interface FindsBody {
  readonly items: readonly FindBody[];
  readonly skipped: readonly SkippedFile[];
  readonly looked: number;
  /** Why the vault was not asked; null where it was. */
  readonly vaultMessage: string | null;
}

interface Vault {
  readonly taken: ReadonlySet<string>;
  /** By credential. */
  readonly held: readonly (string | null)[];
}

export function findCommand(secrets: Command, context: CliContext): void {
  secrets
    .command('find')
    .description('credentials in files of this home folder: where they stand, never what they are')
    .addHelpText('after', findHelp)
    .action(async (_options: unknown, command: Command) => {
      const run = running(context, command);
      const found = await run.local.credentials();
      const vault = await vaultOf(run, found);
      run.show(bodyOf(found, vault), findText);
    });
}

const findHelp = `
Looks at start files of shells, .netrc, .npmrc, .aws, .config/gh/hosts.yml, .docker/config.json, .pgpass, .env,
.git-credentials, .pypirc and .my.cnf in your home folder, in this process: nothing is sent, changed or shown.

Examples:
  sourcesync secrets find
  sourcesync secrets set db-password --from '~/.bashrc:12'    put one that was found into the vault
  sourcesync secrets get db-password                          what a shell then reads in its place`;

/** The value at a place that `find` names. */
export async function credentialAt(run: Running, place: string): Promise<string> {
  const { home, found } = await run.local.credentials();
  const places = placesOf(found);
  const wanted = place.startsWith(`${home}/`) ? `~${place.slice(home.length)}` : place;
  const credential = found[places.indexOf(wanted)];
  if (credential === undefined) {
    return run.fail(exitCodes.failed, `No credential was found at ${place}. See: sourcesync secrets find`);
  }
  const [value] = credential.forms;
  return value ?? run.fail(exitCodes.failed, `What stands at ${place} only its own program can read. ${byHand}`);
}

const byHand = 'Put it in by hand: sourcesync secrets set ID';

async function vaultOf(run: Running, { key, marks, found }: CredentialsFound): Promise<Vault | string> {
  if (found.length === 0) {
    return { taken: new Set(), held: [] };
  }
  const client = await run.local.client();
  if (isFault(client)) {
    return client.message;
  }
  const known = await client.secrets();
  const answer = known.ok ? await client.heldSecrets({ key, marks: marks.flat() }) : known;
  if (!known.ok || !answer.ok || !('ids' in answer.value)) {
    const fault = known.ok ? answer : known;
    const isProblem = !fault.ok && fault.error.kind === 'problem';
    return isProblem ? fault.error.problem.detail : 'The daemon does not run. Start it with: sourcesync daemon start';
  }
  const ids = [...answer.value.ids];
  const held = marks.map((forms) => ids.splice(0, forms.length).find((id) => id !== null) ?? null);
  return { taken: new Set(known.value.items.map(({ id }) => id)), held };
}

function bodyOf({ found, skipped, looked }: CredentialsFound, vault: Vault | string): FindsBody {
  const isKnown = typeof vault !== 'string';
  const places = placesOf(found);
  const idOfValue = new Map<string, string>();
  const taken = new Set(isKnown ? vault.taken : []);
  const items = found.map((credential, index): FindBody => {
    const { file, line, name, kind, forms } = credential;
    const held = isKnown ? vault.held[index] : null;
    const value = forms[0] ?? `${file}:${line}`;
    const id = held ?? idOfValue.get(value) ?? suggestedId(credential, (one) => taken.has(one));
    taken.add(id);
    idOfValue.set(value, id);
    const put = `sourcesync secrets set ${id} --from '${places[index]}'`;
    return {
      ...{ file, line, name, kind, id },
      vault: !isKnown ? 'unknown' : held === null || held === undefined ? 'absent' : 'held',
      put: typeof held === 'string' || forms.length === 0 ? null : put,
      advice: adviceFor(credential, id),
    };
  });
  return { items, skipped, looked, vaultMessage: isKnown ? null : vault };
}

/** `~/.bashrc:12`, and `~/.bashrc:12#2` for the second on a line. */
function placesOf(found: readonly FoundInFile[]): readonly string[] {
  const counts = new Map<string, number>();
  return found.map(({ file, line }) => {
    const place = `${file}:${line}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    return count === 1 ? place : `${place}#${count}`;
  });
}

const vaultWords = { held: 'yes', absent: 'no', unknown: 'not asked' } as const;

function findText({ items, skipped, looked, vaultMessage }: FindsBody): string {
  const notes = [
    ...skipped.map(({ file, message }) => `${printable(file)}: ${message}`),
    ...(vaultMessage === null ? [] : [`Whether the vault has them was not asked. ${vaultMessage}`]),
  ];
  if (items.length === 0) {
    return [`No credential was found in ${counted(looked, 'file')} of this home folder.`, ...notes].join('\n');
  }
  return [
    table(
      ['file', 'line', 'name', 'kind', 'in the vault'],
      items.map(({ file, line, name, kind, vault }) => [file, String(line), name, kind, vaultWords[vault]]),
    ),
    ...notes,
    ...items.flatMap(({ file, line, name, put, advice, vault }) => [
      '',
      `${printable(file)}:${line} ${printable(name)}`,
      ...(put === null ? (vault === 'held' ? [] : [`  ${byHand}`]) : [`  ${put}`]),
      ...advice.map((words) => `  ${printable(words)}`),
    ]),
  ].join('\n');
}
