import { expect } from 'vitest';
import { reasonText } from '../../../src/contract/verdict.ts';
import type { Inviter, Joiner } from '../../../src/membership/pairing.ts';
import type { InviterEffect, JoinerEffect } from '../../../src/membership/pairing/pairing-events.ts';
import type { Place } from './pairing-fixtures.ts';

export const nothing = new Uint8Array(0);

export function logEvent(place: Place): Parameters<Joiner['step']>[0] {
  return { type: 'log', scopeId: place.state.scopeId, entries: place.entries };
}

export function expectBurned(
  machine: Inviter | Joiner,
  effects: readonly (InviterEffect | JoinerEffect)[],
  reason: string,
  added = false,
): void {
  const [effect] = effects;
  expect(effects).toHaveLength(1);
  expect(effect?.type === 'burned' ? [reasonText(effect.refusal), effect.added] : effect?.type).toEqual([
    reason,
    added,
  ]);
  expect(machine.phase).toBe('burned');
}
