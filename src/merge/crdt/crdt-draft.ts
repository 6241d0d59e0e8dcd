import * as Y from 'yjs';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { DeviceId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { WriterContext } from '../../contract/strategy.ts';
import { runClientId } from './crdt-client.ts';
import { editDocument, openDocument } from './crdt-document.ts';

/**
 * What a write of whole fields becomes: the value of a change that makes a record say `next`.
 * @param anew places that are written in any case, also where they say that already
 */
export function editedTo(next: JsonObject, context: WriterContext, anew: readonly string[] = []): JsonValue {
  const { row, textPaths } = context;
  const document = openDocument(row?.document ?? null);
  document.clientID = clientOf(document, context);
  const update = editDocument(document, next, { textPaths, anew });
  document.destroy();
  return valueOfUpdate(update);
}

/**
 * Under which client id a draft writes. One that is made from an older version begins a run of its own: of the run that
 * stood there the record may hold more by now, and the same place may have begun one before.
 */
function clientOf(document: Y.Doc, { row, latest, viewer, processEpoch }: WriterContext): number {
  const ahead = latest?.document ?? null;
  const used = ahead === null ? undefined : Y.decodeStateVector(Y.encodeStateVectorFromUpdate(ahead));
  const isUsed = (client: number): boolean => document.store.clients.has(client) || used?.has(client) === true;
  const continued = latest === undefined ? continuedRun(row, viewer.self, processEpoch.runs) : undefined;
  return continued ?? runClientId(viewer.self, [processEpoch.id, ...(row?.heads ?? [])], isUsed);
}

/** The client id under which this device may go on: its own write is the only head, and this process began the run. */
function continuedRun(row: RecordRow | undefined, self: DeviceId, runs: ReadonlySet<number>): number | undefined {
  const run = runOfRow(row);
  const isOurs = run !== undefined && row?.deviceId === self && row.heads.length === 1;
  return isOurs && runs.has(run) ? run : undefined;
}

/** The client id of the run of writes that a record stands in. */
export function runOfRow(row: RecordRow | undefined): number | undefined {
  const state: JsonValue = row?.strategyState ?? null;
  const run = isJsonObject(state) ? state['run'] : undefined;
  return typeof run === 'number' ? run : undefined;
}

export function valueOfUpdate(update: Uint8Array): JsonValue {
  return { yjs: base64urlFromBytes(update) };
}
