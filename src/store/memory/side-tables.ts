import { assert } from '../../base/assert.ts';
import type { EngineId, RecordId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { AuditEvent } from '../../contract/audit.ts';
import { createLostEvents } from '../ground/lost-events.ts';
import { keptTransitions } from '../ground/limits.ts';
import type { AuditTable, SettingTable, Transition, TransitionTable, VaultTable } from '../ground/port.ts';
import type { LinkRow, LinkTable, LinkedFile } from '../ground/link-table.ts';
import { type MemoryTable, createTable } from './table.ts';
import type { UndoLog } from './undo.ts';

export function createSettings(undo: UndoLog): SettingTable {
  const values = createTable<string, JsonValue>(undo);
  return {
    get: values.get,
    set: values.set,
    remove(name) {
      values.remove(name);
    },
    names: (prefix) => values.entries().flatMap(({ key }) => (key.startsWith(prefix) ? [key] : [])),
  };
}

export function createAudit(undo: UndoLog, settings: SettingTable): AuditTable {
  const events: AuditEvent[] = [];
  const { lost, noteLost } = createLostEvents(settings);
  return {
    ...{ lost, noteLost },
    append(event) {
      events.push(event);
      undo.note(() => events.pop());
    },
    head: () => ({ count: events.length, head: events.at(-1)?.eventHash ?? null }),
    read: (from, limit) => events.slice(from, from + limit),
  };
}

export function createTransitions(undo: UndoLog): TransitionTable {
  const byEngine = createTable<EngineId, readonly Transition[]>(undo);
  return {
    add(transition) {
      const held = byEngine.get(transition.engineId) ?? [];
      byEngine.set(transition.engineId, [...held.slice(1 - keptTransitions), transition]);
    },
    list: (engineId, limit) => (byEngine.get(engineId) ?? []).slice(-limit).reverse(),
  };
}

export function createLinks(undo: UndoLog): LinkTable {
  const links = createTable<string, LinkRow>(undo);
  const files = createTable<string, MemoryTable<string, LinkedFile>>(undo);

  return {
    list: () => links.entries().map((entry) => entry.value),
    put(link) {
      links.set(link.root, link);
      if (files.get(link.root) === undefined) {
        files.set(link.root, createTable(undo));
      }
    },
    remove(root) {
      links.remove(root);
      files.remove(root);
    },
    files: (root) => (files.get(root)?.entries() ?? []).map((entry) => entry.value),
    file: (root, path) => files.get(root)?.get(path),
    putFile(root, file) {
      const held = files.get(root);
      assert(held !== undefined, 'a file belongs to a link that is there');
      held.set(file.path, file);
    },
    removeFile(root, path) {
      files.get(root)?.remove(path);
    },
  };
}

export function createVault(undo: UndoLog): VaultTable {
  const secrets = createTable<RecordId, JsonValue>(undo);
  return {
    get: secrets.get,
    put: secrets.set,
    remove: secrets.remove,
    list: () => secrets.entries().map((entry) => entry.key),
  };
}
