import type { Result } from '../../base/result.ts';
import type { Authority, Role } from '../../membership/parse/state.ts';
import type { ControlFault } from './fault.ts';
import type { DeviceLabelBody, KeysVerifyBody, RoleBody, RotationBody, ScopeLogBody } from '../types/membership.ts';

/** Who belongs to the scopes of this home, and under which keys. */
export interface MembershipPort {
  /**
   * Cuts a device off in every scope that this device administers. A dry run unless `execute`; what the relay has not
   * taken when it returns goes on by itself, also after a crash.
   */
  revoke(device: string, options: { readonly execute: boolean }): Promise<Result<RotationBody, ControlFault>>;
  /** Starts a new epoch for the same devices, in one scope or in every one that this device administers. */
  rotate(options: {
    readonly execute: boolean;
    readonly scopeId?: string;
  }): Promise<Result<RotationBody, ControlFault>>;
  setRole(
    device: string,
    grant: { readonly role: Role; readonly authorities: readonly Authority[] },
  ): Promise<Result<RoleBody, ControlFault>>;
  /** Gives a device of the own person another name; its other devices take it over. */
  rename(device: string, label: string): Result<DeviceLabelBody, ControlFault>;
  /** Opens everything that is held. */
  verifyKeys(): Promise<KeysVerifyBody>;
  log(scopeId: string): ScopeLogBody | undefined;
}
