import { messageBatches, messageBytes, windowBytes, windowDeliveries } from '../../sync/wire/limits.ts';
import type { RelayPolicy } from '../policy.ts';
import type { Arrival, RelayStore } from '../port.ts';
import { type FreshBatch, type Subscription, type Turn, sendTo } from './connection.ts';

const scanRows = 1024;

/** Sends what a subscription lacks, in order of arrival, as far as its windows allow. */
export function deliver(
  turn: Turn,
  { store, policy }: { readonly store: RelayStore; readonly policy: RelayPolicy },
  subscription: Subscription,
): void {
  const { connection, scopeId } = subscription;
  const head = store.headCursor(scopeId);
  while (connection.subscriptions.get(scopeId) === subscription && hasRoom(subscription, policy)) {
    if (subscription.cursor >= head && subscription.toldCaughtUp) {
      return;
    }
    const batches = subscription.cursor >= head ? [] : takePage(turn, store, subscription);
    const caughtUp = subscription.cursor >= head;
    if (batches.length === 0 && (!caughtUp || subscription.toldCaughtUp)) {
      continue;
    }
    const sizeBytes = batches.reduce((sum, batch) => sum + batch.length, 0);
    const delivery = ++subscription.lastDelivery;
    subscription.outstanding.push({ delivery, sizeBytes });
    subscription.outstandingBytes += sizeBytes;
    connection.outstandingBytes += sizeBytes;
    subscription.toldCaughtUp = caughtUp;
    sendTo(turn, connection, { type: 'deliver', scopeId, delivery, caughtUp, batches });
  }
}

/** Deliveries up to a number are durable at the device. False for a number that was never sent. */
export function confirm(
  subscription: Pick<Subscription, 'connection' | 'lastDelivery' | 'outstanding' | 'outstandingBytes'>,
  delivery: number,
): boolean {
  if (delivery > subscription.lastDelivery) {
    return false;
  }
  while (subscription.outstanding[0] !== undefined && subscription.outstanding[0].delivery <= delivery) {
    const { sizeBytes } = subscription.outstanding[0];
    subscription.outstanding.shift();
    subscription.outstandingBytes -= sizeBytes;
    subscription.connection.outstandingBytes -= sizeBytes;
  }
  return true;
}

function hasRoom(
  { connection, outstanding, outstandingBytes }: Pick<Subscription, 'connection' | 'outstanding' | 'outstandingBytes'>,
  policy: Pick<RelayPolicy, 'connectionWindowBytes'>,
): boolean {
  return (
    outstanding.length < windowDeliveries &&
    outstandingBytes < windowBytes &&
    connection.outstandingBytes < policy.connectionWindowBytes
  );
}

/** The next batches for a message; moves the cursor over them and over what the device has already. */
function takePage(
  turn: Turn,
  store: Pick<RelayStore, 'arrivals' | 'read'>,
  subscription: Pick<Subscription, 'connection' | 'scopeId' | 'held' | 'pushedOwn' | 'cursor'>,
): readonly Uint8Array[] {
  const { scopeId, cursor } = subscription;
  const arrived = turn.arrived.get(scopeId);
  // Who was at the head when the turn began gets its batches from memory; the others are read from the store.
  const fresh = arrived !== undefined && cursor >= arrived.before ? freshAbove(arrived.batches, cursor) : undefined;
  const rows: readonly (Arrival | FreshBatch)[] = fresh ?? store.arrivals(scopeId, cursor, scanRows);
  const page: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const row of rows) {
    if (isWanted(subscription, row)) {
      sizeBytes += 'bytes' in row ? row.bytes.length : row.sizeBytes;
      if (page.length > 0 && (sizeBytes > messageBytes || page.length >= messageBatches)) {
        break;
      }
      page.push('bytes' in row ? row.bytes : store.read(row.cursor));
    }
    subscription.cursor = row.cursor;
  }
  return page;
}

function freshAbove(batches: readonly FreshBatch[], cursor: number): readonly FreshBatch[] {
  const start = batches.findIndex((batch) => batch.cursor > cursor);
  return start <= 0 ? (start === 0 ? batches : []) : batches.slice(start);
}

function isWanted(
  { connection, held, pushedOwn }: Pick<Subscription, 'connection' | 'held' | 'pushedOwn'>,
  row: Arrival | FreshBatch,
): boolean {
  // Own batches come back where the device lacks them: its disk is an old copy, and the relay or another device has more.
  const isKnown = row.deviceId === connection.deviceId && row.sequence <= pushedOwn;
  return !isKnown && row.sequence > (held.get(row.deviceId) ?? 0);
}
