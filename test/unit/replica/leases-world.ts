import { expect } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PresentedLease } from '../../../src/contract/change.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { type Stamp, tick, zeroStamp } from '../../../src/clock/stamp.ts';

export const one = ['agents', 'one'] as const;

export const helper: JsonObject = { name: 'helper' };

export const minuteMs = 60_000;

export const stampAt = (ms: number): Stamp => tick(zeroStamp, ms);

export interface World extends Devices {
  /** Founded the workspace: may lease, and holds the authority `agents`. */
  readonly a: TestDevice;
  /** An administrator that may neither lease nor write to `agents`. */
  readonly b: TestDevice;
  readonly c: TestDevice;
  readonly state: () => ScopeState;
}

export function setup(): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
  const state = (): ScopeState =>
    a.replica.scopes().find((scope) => scope.state.scopeId === devices.workspace)?.state as ScopeState;
  return { ...devices, a, b, c, state };
}

/** What a device says to a write under a lease. */
export function writeOn(device: TestDevice, fields: JsonObject, lease: PresentedLease, id = 'one'): string {
  const written = device.write(['agents', id], { kind: 'put', fields }, { lease });
  if (written.ok) {
    return 'written';
  }
  return written.error.kind === 'refused' ? reasonText(written.error.refusal) : written.error.kind;
}

export function revokeOn({ a, clock, state }: World, lease: JsonObject, nowMs = clock.nowMs): void {
  const revocation = createRevocation({ leaseId: String(lease['leaseId']), state: state(), signer: a.keys, nowMs });
  expect(a.replica.revokeLease(state(), revocation)).toMatchObject({ ok: true });
}

export const reasonsOn = (device: TestDevice): readonly string[] =>
  device.held().map(({ reasonCode, detail }) => `${reasonCode}/${detail}`);
