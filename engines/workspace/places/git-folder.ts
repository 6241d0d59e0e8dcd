import { dirname, join, resolve } from 'node:path';
import { inflate } from 'node:zlib';
import { promisify } from 'node:util';
import { bytesIn, textIn } from '../../shared/small-file.ts';
import { type ConfigSetting, settingsOf } from './config-lines.ts';

/** What git keeps of a repository, read as files: git itself may run what a repository tells it to. */
export interface GitFolder {
  readonly settings: readonly ConfigSetting[];
  /** Where the refs and objects that all its work trees share are. */
  readonly common: string;
  /** Where its own HEAD is. */
  readonly own: string;
}

const maximumBytes = 4 * 1024 * 1024;
const longestPath = 4096;

/** The text of a plain file; undefined where there is none, or one that is no text or too large. */
export async function textAt(path: string): Promise<string | undefined> {
  const read = await textIn(path, maximumBytes);
  return read.kind === 'read' ? read.value : undefined;
}

/** Of what `.git` is: a folder, or a file that says where the folder is (work trees, submodules). */
export async function gitFolderAt(path: string): Promise<GitFolder | undefined> {
  const link = await textAt(path);
  const named = link === undefined ? undefined : /^gitdir: (.+?)\s*$/.exec(link)?.[1];
  if (link !== undefined && (named === undefined || named.length > longestPath)) {
    return undefined;
  }
  const own = named === undefined ? path : resolve(dirname(path), named);
  const shared = (await textAt(join(own, 'commondir')))?.trim();
  const common = shared === undefined || shared === '' ? own : resolve(own, shared);
  const [head, config] = [await textAt(join(own, 'HEAD')), await textAt(join(common, 'config'))];
  return head === undefined || config === undefined ? undefined : { settings: settingsOf(config), common, own };
}

/** The branch that a remote says is its own; undefined where it was never asked. */
export async function defaultBranchOf({ common }: GitFolder, remote: string): Promise<string | undefined> {
  const isName = /^[\w.-]+$/.test(remote) && remote !== '..';
  const text = isName ? await textAt(join(common, 'refs/remotes', remote, 'HEAD')) : undefined;
  const prefix = `ref: refs/remotes/${remote}/`;
  const branch = text?.startsWith(prefix) === true ? text.slice(prefix.length).trim() : '';
  return branch === '' || branch.length > 200 ? undefined : branch;
}

const mostCommits = 300;
const inflated = promisify(inflate);

/** The first commit of what is checked out, as long as it can be had without packs; undefined otherwise. */
export async function rootCommitOf({ common, own }: GitFolder): Promise<string | undefined> {
  if ((await textAt(join(common, 'shallow'))) !== undefined) {
    return undefined;
  }
  let commit = await headOf(common, own);
  for (let count = 0; commit !== undefined && count < mostCommits; count++) {
    const text = await looseCommit(common, commit);
    if (text === undefined) {
      return undefined;
    }
    const parent = /^parent ([0-9a-f]{40,64})$/m.exec(text.split('\n\n', 1)[0] as string)?.[1];
    if (parent === undefined) {
      return commit;
    }
    commit = parent;
  }
  return undefined;
}

const hash = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

async function headOf(common: string, own: string): Promise<string | undefined> {
  const head = (await textAt(join(own, 'HEAD')))?.trim() ?? '';
  const ref = /^ref: (refs\/heads\/[^\0\\]{1,200})$/.exec(head)?.[1];
  if (ref === undefined) {
    return hash.test(head) ? head : undefined;
  }
  const isBelow = !ref.split('/').includes('..');
  const loose = isBelow ? (await textAt(join(common, ref)))?.trim() : undefined;
  const packed = loose ?? packedRef((await textAt(join(common, 'packed-refs'))) ?? '', ref);
  return packed !== undefined && hash.test(packed) ? packed : undefined;
}

function packedRef(text: string, ref: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}

async function looseCommit(common: string, commit: string): Promise<string | undefined> {
  const path = join(common, 'objects', commit.slice(0, 2), commit.slice(2));
  const read = await bytesIn(path, maximumBytes);
  if (read.kind !== 'read') {
    return undefined;
  }
  const text = await inflated(read.value, { maxOutputLength: maximumBytes })
    .then((bytes) => bytes.toString('latin1'))
    .catch(() => undefined);
  return text?.startsWith('commit ') === true ? text : undefined;
}
