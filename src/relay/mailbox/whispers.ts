import { type DeviceMessage, whisperVersion } from '../../sync/wire/messages.ts';
import { type Connection, type Subscription, type Turn, sendTo } from './connection.ts';

type Whisper = Extract<DeviceMessage, { type: 'whisper' }>;

/** Hands a whisper on to whoever else is there now and knows what it is. Nothing of it is kept. */
export function passOn(
  turn: Turn,
  connection: Connection,
  { scopeId, body }: Whisper,
  listeners: Iterable<Subscription>,
): void {
  const subscription = connection.subscriptions.get(scopeId);
  if (subscription === undefined || turn.ended.has(subscription) || !connection.whispers.take(turn.nowMs)) {
    return;
  }
  subscription.hasWhispered = true;
  for (const listener of listeners) {
    if (listener.connection !== connection && hears(listener) && !turn.ended.has(listener)) {
      sendTo(turn, listener.connection, { type: 'whispered', scopeId, body });
    }
  }
}

/** Tells that a device is gone, to those who may have heard it. */
export function tellLeft(
  turn: Turn,
  { connection, scopeId }: Pick<Subscription, 'connection' | 'scopeId'>,
  listeners: Iterable<Subscription>,
): void {
  const { deviceId } = connection;
  for (const listener of listeners) {
    if (deviceId !== undefined && listener.connection !== connection && hears(listener)) {
      sendTo(turn, listener.connection, { type: 'left', scopeId, deviceId });
    }
  }
}

function hears({ connection }: Pick<Subscription, 'connection'>): boolean {
  return connection.version >= whisperVersion;
}
