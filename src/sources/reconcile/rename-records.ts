import { textFromUtf8 } from '../../base/bytes.ts';
import type { RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import { applyPatch, diffPatch } from '../../merge/values/json-patch.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { type Candidate, type Newcomer, type Rename, findRenames, sharedLines } from '../ground/find-renames.ts';
import { type GoneFiles, createGoneFiles } from './gone-files.ts';
import { noteAbsence, noteLink, settle } from './links.ts';
import type { Observation } from './observation.ts';
import type { Reconciler } from './reconciler.ts';
import type { MovedRecord } from '../ground/port.ts';
import { type RecordView, fileOf } from '../ground/records.ts';

/**
 * Gives records the names that their files have now. Answers the observations that are left to plan: those that were no
 * rename, or whose rename was refused.
 */
export async function renameRecords(
  reconciler: Reconciler,
  observations: readonly Observation[],
): Promise<readonly Observation[]> {
  const { view } = reconciler;
  const appeared = observations.filter(isNew);
  if (view.records.move === undefined || appeared.length === 0) {
    return observations;
  }
  const newcomers: Newcomer[] = [];
  const gone = createGoneFiles(reconciler);
  for (const observation of appeared) {
    newcomers.push({ id: observation.id, candidates: await candidatesOf(reconciler, gone, observation) });
  }
  const renames = findRenames(newcomers).filter(({ from, kind }) => kind === 'sure' || isInStep(reconciler, from));
  if (renames.length === 0) {
    return observations;
  }
  const moved = await moveAll(reconciler, renames, new Map(appeared.map((seen) => [seen.id, seen])));
  return observations.filter(({ id }) => !moved.has(id));
}

/** A file at a path where nothing was: its content has not been told to anybody under this name. */
function isNew({ action, agreed, found, row }: Observation): boolean {
  const wasThere = agreed !== undefined && agreed.hash !== null;
  return action === 'take' && found !== undefined && !wasThere && row?.state !== 'live';
}

async function candidatesOf(
  reconciler: Pick<Reconciler, 'view' | 'links'>,
  gone: GoneFiles,
  { found }: Observation,
): Promise<readonly Candidate[]> {
  if (found === undefined) {
    return [];
  }
  const { inode, isLasting = false } = found.look;
  const candidateOf = (note: LinkedFile): Candidate => ({
    path: note.path,
    isSame: note.hash === found.fingerprint,
    isSameFile: note.inode === inode,
    similarity: () => (isLasting ? 1 : similarityTo(reconciler, note, found.file.bytes)),
  });
  const moved = (await gone.ofInode(inode)).map(candidateOf);
  if (moved.filter(({ isSame }) => isSame).length === 1) {
    return moved;
  }
  const same = (await gone.ofHash(found.fingerprint)).map(candidateOf);
  return [...moved.filter(({ isSame }) => !isSame), ...same];
}

/** The file said what its record says. */
function isInStep({ view, links, root }: Pick<Reconciler, 'root' | 'view' | 'links'>, id: RecordId): boolean {
  const row = readableRow(view, id);
  return row !== undefined && links.file(root, id)?.version === row.version;
}

function readableRow({ records, collection }: RecordView, id: RecordId): RecordRow | undefined {
  const row = records.get(collection, id);
  return row === 'damaged' ? undefined : row;
}

function similarityTo({ view }: Pick<Reconciler, 'view'>, { path }: LinkedFile, bytes: Uint8Array): number {
  const row = readableRow(view, path as RecordId);
  const file = row && fileOf(view, row);
  const [before, after] = [file?.bytes, bytes].map((content) => content && textFromUtf8(content));
  return before === undefined || after === undefined ? 0 : sharedLines(before, after);
}

/** A unit is called by what it says: under another name it says something else. */
function fieldsAt(view: RecordView, from: RecordId, seen: Observation | undefined): { readonly fields?: JsonObject } {
  if (seen?.found?.look.isLasting !== true) {
    return seen === undefined ? {} : fieldsUnder(view, from, seen.id);
  }
  const fields = view.mapping.toFields(seen.found.file);
  return fields.ok ? { fields: fields.value } : {};
}

/** What a record says of its own path has to follow; nothing where it says nothing of it. */
function fieldsUnder(view: RecordView, from: RecordId, to: RecordId): { readonly fields?: JsonObject } {
  const row = readableRow(view, from);
  const file = row && fileOf(view, row);
  if (row === undefined || row.fields === null || file === undefined) {
    return {};
  }
  const [before, after] = [from, to].map((path) => view.mapping.toFields({ ...file, path }));
  const patch = before?.ok === true && after?.ok === true ? diffPatch(before.value, after.value) : [];
  const patched = applyPatch(row.fields, patch);
  return patch.length > 0 && patched.ok ? { fields: patched.value } : {};
}

async function moveAll(
  reconciler: Reconciler,
  renames: readonly Rename[],
  seenById: ReadonlyMap<string, Observation>,
): Promise<ReadonlySet<string>> {
  const { view } = reconciler;
  // What others wrote meanwhile is in no file yet: it is written under the new name.
  const inStep = new Set(renames.filter(({ from }) => isInStep(reconciler, from)).map(({ from }) => from));
  const moves = renames.map(({ from, to }) => ({ from, to, ...fieldsAt(view, from, seenById.get(to)) }));
  let told: readonly (() => void)[] = [];
  const moved = new Set<string>();
  try {
    await view.records.move?.(view.collection, moves, (answers) => {
      told = renames.flatMap((rename, index) => {
        const answer = answers[index];
        const seen = seenById.get(rename.to);
        if (answer?.ok !== true || seen === undefined) {
          return [];
        }
        const version = inStep.has(rename.from) ? answer.value.row.version : null;
        if (!noteRename(reconciler, rename, seen, { version, left: answer.value.left })) {
          return [];
        }
        return [
          () => {
            moved.add(rename.to);
            tellRenamed(reconciler, rename, seen, version);
          },
        ];
      });
    });
  } catch (cause) {
    // What was noted in a transaction that was taken back was not.
    reconciler.links.forget();
    throw cause;
  }
  told.forEach((tell) => tell());
  return moved;
}

/** In the transaction of the rename. False where nothing was noted under the old name. */
function noteRename(
  reconciler: Pick<Reconciler, 'links' | 'root'>,
  { from, to }: Rename,
  { found }: Observation,
  { version, left }: Pick<LinkedFile, 'version'> & Pick<MovedRecord, 'left'>,
): boolean {
  const before = reconciler.links.file(reconciler.root, from);
  if (found === undefined || before === undefined || before.hash === null) {
    return false;
  }
  const hash = found.look.isLasting === true ? found.fingerprint : before.hash;
  const noted = { hash, private: before.private ?? false };
  noteLink(reconciler, to, found.look, noted, { version });
  noteAbsence(reconciler, from, left);
  return true;
}

function tellRenamed(
  reconciler: Pick<Reconciler, 'names' | 'problems' | 'counts' | 'settledAt' | 'revisit' | 'large'>,
  { from, to, kind }: Rename,
  seen: Observation,
  version: LinkedFile['version'],
): void {
  reconciler.names().forget(from);
  reconciler.problems.clear(from);
  reconciler.counts.renamed++;
  if (kind === 'sure' && version !== null) {
    settle(reconciler, seen);
  } else {
    reconciler.revisit(to, 'again');
  }
}
