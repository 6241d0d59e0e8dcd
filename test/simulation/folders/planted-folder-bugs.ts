import type { ChangeId } from '../../../src/base/ids.ts';
import { err, ok } from '../../../src/base/result.ts';
import type { Disk } from '../../../src/sources/disk/disk-port.ts';
import { fingerprintOf, plainMode } from '../../../src/sources/ground/fingerprint.ts';
import type { MoveAnswer, RecordPort } from '../../../src/sources/ground/port.ts';
import type { LinkTable, LinkedFile } from '../../../src/store/ground/link-table.ts';
import type { FolderOracle } from './folder-oracles.ts';
import type { FolderPlants } from './folder-plants.ts';

/** A bug on purpose, and what has to notice it: one of these oracles, or that the schedule breaks. */
export interface PlantedFolderBug {
  readonly name: string;
  readonly foundBy: readonly FolderOracle[];
  plant(): FolderPlants;
}

const disk = (wrap: (disk: Disk) => Partial<Disk>): FolderPlants => ({ disk: (real) => ({ ...real, ...wrap(real) }) });
const records = (wrap: (records: RecordPort) => Partial<RecordPort>): FolderPlants => ({
  records: (real) => ({ ...real, ...wrap(real) }),
});
const notes = (wrap: (links: LinkTable) => Partial<LinkTable>): FolderPlants => ({
  links: (real) => ({ ...real, ...wrap(real) }),
});
const noted = (change: (file: LinkedFile) => LinkedFile | undefined): FolderPlants =>
  notes((links) => ({
    putFile(root, file) {
      const next = change(file);
      if (next !== undefined) {
        links.putFile(root, next);
      }
    },
  }));

const anything: readonly FolderOracle[] = ['lost', 'different', 'gone', 'back', 'problems', 'mode'];

export const plantedFolderBugs: readonly PlantedFolderBug[] = [
  {
    name: 'a strange root is taken for the linked one',
    foundBy: ['gone', 'different', 'lost'],
    plant: () =>
      disk((real) => ({
        root() {
          const seen = real.root();
          return seen.ok
            ? ok({ ...seen.value, marks: ['41', '42', '43'].map((mark) => mark.padStart(32, '0')) })
            : seen;
        },
      })),
  },
  {
    name: 'files that cannot be read count as gone',
    foundBy: ['gone', 'lost', 'different'],
    plant: () =>
      disk((real) => ({
        async read(path) {
          const reading = await real.read(path);
          return reading.kind === 'blocked' ? { kind: 'absent' } : reading;
        },
      })),
  },
  {
    name: 'a file is replaced whatever is in it now',
    foundBy: anything,
    plant: () =>
      disk((real) => ({
        async write(path, file) {
          const there = await real.read(path);
          const isFile = there.kind === 'file';
          const expected = isFile ? fingerprintOf(there.bytes, file.carriesMode ? there : plainMode) : undefined;
          return real.write(path, file, expected);
        },
      })),
  },
  {
    name: 'a file is removed whatever is in it now',
    foundBy: anything,
    plant: () =>
      disk((real) => ({
        async remove(path, _expected, carriesMode) {
          const there = await real.read(path);
          const expected = there.kind === 'file' ? fingerprintOf(there.bytes, carriesMode ? there : plainMode) : '';
          return real.remove(path, expected, carriesMode);
        },
      })),
  },
  {
    name: 'the last writer takes all',
    foundBy: ['lost', 'different'],
    plant: () => records(() => ({ mergesAtBase: () => false, knownVersion: () => undefined })),
  },
  {
    name: 'the version that a file was made from is forgotten',
    foundBy: anything,
    plant: () =>
      records((real) => ({
        edit: (collection, writes, note) =>
          real.edit(
            collection,
            writes.map(({ base: _base, ...write }) => write),
            note,
          ),
      })),
  },
  {
    name: 'a file is told from what is live now, not from what it was made from',
    foundBy: anything,
    plant: () =>
      records((real) => ({
        fieldsAt(collection, id) {
          const row = real.get(collection, id);
          return row === undefined || row === 'damaged' ? undefined : (row.fields ?? undefined);
        },
      })),
  },
  {
    name: 'history knows no version of any file',
    foundBy: ['back', 'lost', 'different'],
    plant: () => records(() => ({ knownVersion: () => undefined })),
  },
  {
    name: 'every file of which nothing is noted is taken for a known version',
    foundBy: anything,
    plant: () =>
      records((real) => ({
        knownVersion(collection, id) {
          const row = real.get(collection, id);
          return row === undefined || row === 'damaged' ? undefined : ('x' as ChangeId);
        },
      })),
  },
  {
    name: 'what is about to be written is not noted before',
    foundBy: anything,
    plant: () => ({
      ...noted((file) => (file.writing === undefined ? file : undefined)),
      ...records(() => ({ knownVersion: () => undefined })),
    }),
  },
  {
    name: 'that a file is gone is not noted',
    foundBy: anything,
    plant: () => noted((file) => (file.hash === null ? undefined : file)),
  },
  {
    name: 'a file is noted under the version before its edit',
    foundBy: anything,
    plant: () => {
      const versions = new Map<string, ChangeId | null>();
      return noted((file) => {
        const before = versions.get(file.path) ?? file.version;
        versions.set(file.path, file.version);
        return { ...file, version: before };
      });
    },
  },
  {
    name: 'the note says what is in the record, whatever is in the file',
    foundBy: anything,
    plant: () => noted((file) => (file.writing === undefined ? file : { ...file, ...file.writing })),
  },
  {
    name: 'records are never told of renames, and their files count as gone',
    foundBy: anything,
    plant: () =>
      records((real) => ({
        move: async (collection, moves, note) => real.move?.(collection, moves.slice(0, 0), note) ?? [],
      })),
  },
  {
    name: 'a renamed record gets what another one said',
    foundBy: anything,
    plant: () =>
      records((real) => ({
        async move(collection, moves, note) {
          const left = (answers: readonly MoveAnswer[]): readonly MoveAnswer[] =>
            answers.map((answer) => (answer.ok ? ok({ ...answer.value, left: answer.value.row.version }) : answer));
          return (await real.move?.(collection, moves, (answers) => note(left(answers)))) ?? [];
        },
        fieldsAt: () => ({ kind: 'note', text: '' }),
      })),
  },
  {
    name: 'a copy is taken for a rename',
    foundBy: ['gone', 'lost', 'different'],
    plant: () =>
      disk((real) => ({ look: async (path) => (path.endsWith('.md') ? { kind: 'absent' } : real.look(path)) })),
  },
  {
    name: 'nobody may read is forgotten on the way to the disk',
    foundBy: ['mode', 'different'],
    plant: () =>
      disk((real) => ({ write: (path, file, expected) => real.write(path, { ...file, private: false }, expected) })),
  },
  {
    name: 'what failed is noted as done',
    foundBy: anything,
    plant: () =>
      disk((real) => ({
        async write(path, file, expected) {
          const answer = await real.write(path, file, expected);
          const look = await real.look(path);
          return answer.ok || look.kind !== 'file' ? answer : ok(look);
        },
      })),
  },
  {
    name: 'a removal that failed is noted as done',
    foundBy: anything,
    plant: () =>
      disk((real) => ({
        async remove(path, expected, carriesMode) {
          await real.remove(path, expected, carriesMode);
          return ok(undefined);
        },
      })),
  },
  {
    name: 'every file looks as it did',
    foundBy: anything,
    plant: () =>
      disk((real) => ({
        async look(path) {
          const look = await real.look(path);
          return look.kind === 'file' ? { ...look, identity: path } : look;
        },
        async read(path) {
          const reading = await real.read(path);
          return reading.kind === 'file' ? { ...reading, identity: path } : reading;
        },
      })),
  },
  {
    name: 'records of a folder that grew are not listed',
    foundBy: ['different', 'gone'],
    plant: () => records((real) => ({ list: (collection, page) => ({ ...real.list(collection, page), items: [] }) })),
  },
  {
    name: 'half of the edits are said to be stale and never tried again',
    foundBy: anything,
    plant: () => {
      let calls = 0;
      return records((real) => ({
        async edit(collection, writes, note) {
          calls++;
          const answers = await real.edit(collection, calls % 2 === 0 ? [] : writes, note);
          return calls % 2 === 0 ? writes.map(({ id }) => okAsIs(real, collection, id)) : answers;
        },
      }));
    },
  },
];

function okAsIs(
  real: RecordPort,
  collection: Parameters<RecordPort['get']>[0],
  id: Parameters<RecordPort['get']>[1],
): Awaited<ReturnType<RecordPort['edit']>>[number] {
  const row = real.get(collection, id);
  return row === undefined || row === 'damaged' ? err('stale') : ok({ row, made: null });
}
