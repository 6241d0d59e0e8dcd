import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textFromUtf8, utf8 } from '../../../src/base/bytes.ts';
import type { ChangeId, CollectionName, DeviceId, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { isJsonObject } from '../../../src/base/json.ts';
import { err, ok, type Result } from '../../../src/base/result.ts';
import { zeroStamp } from '../../../src/clock/stamp.ts';
import type { PatchOperation } from '../../../src/contract/patch-operation.ts';
import type { FileMapping } from '../../../src/contract/engine.ts';
import { mergeThreeWay } from '../../../src/merge/texts/three-way.ts';
import type { RecordRow } from '../../../src/contract/record.ts';
import { type Refusal, refuse } from '../../../src/contract/verdict.ts';
import { createFolderSource, type FolderSource } from '../../../src/sources/folder-source.ts';
import type { RecordEdit, RecordPort } from '../../../src/sources/ground/port.ts';
import { markFolder } from '../../../src/sources/disk/root-mark.ts';
import type { SourceProblem } from '../../../src/sources/ground/problems.ts';
import type { RecordView } from '../../../src/sources/ground/records.ts';
import type {
  FolderLink,
  FolderSourceOptions,
  FolderStore,
  FolderTold,
  FolderTuning,
  LinkMemory,
  LossWords,
} from '../../../src/sources/passes/source-state.ts';
import type { LinkedFile, LinkTable } from '../../../src/store/ground/port.ts';

export const collection = 'notes' as CollectionName;
export const id = (path: string): RecordId => path as RecordId;

/** Text files as `{text, executable, private}`; what begins with NUL is refused. */
export const textMapping: FileMapping = {
  content: '',
  toFields(file): Result<JsonObject, string> {
    const text = textFromUtf8(file.bytes);
    const { executable, private: isPrivate, symlink } = file;
    return text === undefined || text.includes('\0')
      ? err('not text')
      : ok({ text, executable, ...(isPrivate ? { private: true } : {}), ...(symlink ? { symlink } : {}) });
  },
  toFile: (path, fields) =>
    typeof fields['text'] === 'string'
      ? {
          path,
          bytes: utf8(fields['text']),
          executable: fields['executable'] === true,
          private: fields['private'] === true,
          ...(fields['symlink'] === true ? { symlink: true } : {}),
        }
      : undefined,
  holdsMode: () => true,
  keptAsBytes: () => undefined,
};

export interface MemoryRecords extends RecordPort {
  /** Every edit that was taken, in order. */
  readonly edits: RecordEdit[];
  /** Sizes of the transactions. */
  readonly transactions: number[];
  text(path: string): string | undefined;
  /** As another device would. */
  put(path: string, fields: JsonObject): RecordId;
  remove(path: string): RecordId;
  rows: Map<string, RecordRow>;
  /** Deletes, and forgets the row: the deletion was collected. */
  collect(path: string): void;
  /** Versions that were kept without being live. */
  readonly kept: { readonly id: RecordId; readonly fields: JsonObject }[];
  /** Every rename that was taken, in order. */
  readonly moves: { readonly from: RecordId; readonly to: RecordId }[];
  /** Answers edits instead of taking them. */
  refuseWith: Refusal | undefined;
  failing: boolean;
  /** Resolves when the condition holds, looked at after every transaction. */
  until(condition: () => boolean): Promise<void>;
}

export function createMemoryRecords(options: { readonly history: boolean } = { history: true }): MemoryRecords {
  const rows = new Map<string, RecordRow>();
  const collected = new Set<string>();
  const past = new Map<string, JsonObject>();
  const versions = new Map<string, ChangeId[]>();
  let waiters: { readonly condition: () => boolean; readonly wake: () => void }[] = [];
  let sequence = 0;
  const set = (path: RecordId, fields: JsonObject | null): RecordRow => {
    const version = `v${++sequence}` as ChangeId;
    const row: RecordRow = {
      collection,
      id: path,
      state: fields === null ? 'tombstoned' : 'live',
      fields,
      schemaVersion: '1.0.0',
      version,
      stamp: zeroStamp,
      deviceId: 'device' as DeviceId,
      authorId: 'author',
      managedBy: 'user',
      heads: [version],
      strategyState: null,
      document: null,
      openReviews: 0,
      openConflicts: 0,
    };
    rows.set(path, row);
    if (fields !== null) {
      past.set(version, fields);
      versions.set(path, [...(versions.get(path) ?? []), version]);
    }
    return row;
  };
  const wakeWaiters = (): void => {
    waiters = waiters.filter(({ condition, wake }) => {
      const holds = condition();
      if (holds) {
        wake();
      }
      return !holds;
    });
  };
  const baseOf = ({ id: written, base }: RecordEdit): JsonObject =>
    base === undefined ? (rows.get(written)?.fields ?? {}) : base === null ? {} : (past.get(base) ?? {});
  const saidBy = (write: RecordEdit): JsonObject | null => {
    const { intent } = write;
    return intent.kind === 'put'
      ? intent.fields
      : intent.kind === 'patch'
        ? patched(baseOf(write), intent.patch)
        : null;
  };
  const apply = (write: RecordEdit): RecordRow => {
    const said = saidBy(write);
    const current = rows.get(write.id)?.fields ?? {};
    // As a strategy that merges: other places hold both, of one place what was there first is live.
    const isMerged = said !== null && write.base !== undefined;
    return set(write.id, isMerged ? mergeThreeWay(baseOf(write), current, said).fields : said);
  };
  const madeOf = (write: RecordEdit): ChangeId => {
    const made = `m${++sequence}` as ChangeId;
    past.set(made, saidBy(write) ?? {});
    return made;
  };
  const port: MemoryRecords = {
    rows,
    edits: [],
    transactions: [],
    kept: [],
    moves: [],
    refuseWith: undefined,
    failing: false,
    collect(path) {
      rows.delete(path);
      collected.add(path);
    },
    get: (_collection, path) => rows.get(path),
    isCollected: (_collection, path) => !rows.has(path) && collected.has(path),
    list(_collection, page) {
      const all = [...rows.values()];
      const start = Number(page.cursor ?? 0);
      const end = start + page.limit;
      return { items: all.slice(start, end), nextCursor: end < all.length ? String(end) : null };
    },
    edit(_collection, writes, note) {
      if (port.failing) {
        return Promise.reject(new Error('closed'));
      }
      const refusal = port.refuseWith;
      if (refusal !== undefined) {
        return Promise.resolve(writes.map(() => err(refusal)));
      }
      port.transactions.push(writes.length);
      port.edits.push(...writes);
      const answers = writes.map((write) => {
        const row = apply(write);
        return ok({ row, made: write.base === undefined ? null : madeOf(write) });
      });
      note(answers);
      wakeWaiters();
      return Promise.resolve(answers);
    },
    text: (path) => rows.get(path)?.fields?.['text'] as string | undefined,
    put: (path, fields) => set(id(path), fields).id,
    remove: (path) => set(id(path), null).id,
    until: (condition) => (condition() ? Promise.resolve() : new Promise((wake) => waiters.push({ condition, wake }))),
    move(_collection, moves, note) {
      port.moves.push(...moves);
      const answers = moves.map(({ from, to, fields }) => {
        const before = fields ?? rows.get(from)?.fields ?? {};
        const { version: left } = set(from, null);
        return ok({ row: set(to, before), left });
      });
      note(answers);
      wakeWaiters();
      return Promise.resolve(answers);
    },
    keepVersions(_collection, versions) {
      port.kept.push(...versions);
      return Promise.resolve();
    },
    ...(options.history
      ? {
          fieldsAt: (_c: CollectionName, _id: RecordId, version: ChangeId) => past.get(version),
          knownVersion: (_c: CollectionName, wanted: RecordId, isSame: (fields: JsonObject) => boolean) =>
            (versions.get(wanted) ?? []).findLast((version) => isSame(past.get(version) ?? {})),
        }
      : {}),
  };
  return port;
}

export function createMemoryLinks(): LinkTable {
  const files = new Map<string, LinkedFile>();
  return {
    list: () => [],
    put: () => undefined,
    remove: () => files.clear(),
    files: () => [...files.values()],
    file: (_root, path) => files.get(path),
    putFile: (_root, file) => void files.set(file.path, file),
    removeFile: (_root, path) => void files.delete(path),
  };
}

export interface Folder {
  readonly root: string;
  readonly records: MemoryRecords;
  readonly links: LinkTable;
  readonly problems: SourceProblem[];
  readonly source: FolderSource;
  path(name: string): string;
  codes(): readonly string[];
  /** What lies in the root, without the mark of the link. */
  names(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a test gives of the options of a source, in one row. */
type FlatOptions = FolderLink & RecordView & FolderStore & FolderTold & LinkMemory & LossWords & FolderTuning;

export type FolderOverrides = Partial<FlatOptions> & {
  readonly memory?: MemoryRecords;
  readonly nowMs?: () => number;
};

export const testLinkId = '0123456789abcdef0123456789abcdef';

/** What a source over a root is made with, but for what a test gives. */
export function testOptions(
  overrides: FolderOverrides & Pick<FlatOptions, 'root' | 'records' | 'links' | 'onProblem'>,
): FolderSourceOptions {
  const given = {
    linkId: testLinkId,
    deviceId: 'device' as DeviceId,
    collection,
    mapping: textMapping,
    textPaths: ['/text'],
    nowMs: () => Date.now(),
    passFailed: (cause: unknown) => {
      throw cause;
    },
    removalDelayMs: 100,
    // A test that asks for scans wants no other to come before.
    watch: false,
    wordOnLosses: () => 'go' as const,
    ...overrides,
  };
  return {
    ...{ link: given, view: given, store: given, told: given, nowMs: given.nowMs },
    ...{ memory: given, losses: given, tuning: given },
  };
}

/** A fresh folder with a source on it that has not been started. */
export function openTestFolder(overrides: FolderOverrides = {}): Folder {
  const root = overrides.root ?? realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-Test-')));
  const records = overrides.memory ?? createMemoryRecords();
  const links = overrides.links ?? createMemoryLinks();
  const problems: SourceProblem[] = [];
  const onProblem = (problem: SourceProblem): void => void problems.push(problem);
  const source = createFolderSource(testOptions({ records, onProblem, ...overrides, root, links }));
  return {
    root,
    records,
    links,
    problems,
    source,
    path: (name) => join(root, name),
    codes: () => problems.map((problem) => problem.code),
    names: () => readdirSync(root).filter((name) => name !== markFolder),
    async [Symbol.asyncDispose]() {
      await source.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export const refusal: Refusal = refuse('reject', 'policy_denied', undefined, 'Ask the owner.');

function patched(fields: JsonObject, patch: readonly PatchOperation[]): JsonObject {
  const next = structuredClone(fields) as Record<string, JsonValue>;
  for (const operation of patch) {
    const names = operation.path.split('/').slice(1);
    const last = names.pop() ?? '';
    let target = next;
    for (const name of names) {
      const inner = target[name];
      target = isJsonObject(inner) ? (inner as Record<string, JsonValue>) : {};
    }
    if (operation.op === 'add') {
      target[last] = operation.value;
    } else {
      delete target[last];
    }
  }
  return next;
}
