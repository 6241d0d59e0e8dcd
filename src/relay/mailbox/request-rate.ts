import type { DeviceMessage } from '../../sync/wire/messages.ts';

/** A token bucket of requests. It never refuses: it says how long the next request should wait to be read. */
export interface RequestRate {
  /** Milliseconds to wait before reading on; 0 for none. */
  spend(type: DeviceMessage['type'], nowMs: number): number;
}

export function createRequestRate(perSecond: number, burst: number, openedMs: number): RequestRate {
  let tokens = burst;
  let lastMs = openedMs;
  return {
    spend(type, nowMs) {
      tokens = Math.min(burst, tokens + (Math.max(0, nowMs - lastMs) / 1000) * perSecond) - costOf(type);
      lastMs = nowMs;
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
    },
  };
}

/** Confirmations answer what the relay itself sent, and whispers cost it no disk, so they weigh little; they are not free, or a flood would be. */
function costOf(type: DeviceMessage['type']): number {
  return type === 'received' || type === 'ping' || type === 'whisper' ? 0.1 : 1;
}
