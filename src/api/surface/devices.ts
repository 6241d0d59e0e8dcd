import type { PageBody } from '../types/bodies.ts';
import type { DeviceListBody, InviteBody, PairingBody, ScopeBody, ScopeUseBody } from '../types/devices.ts';
import type { DeviceLabelBody, KeysVerifyBody, RoleBody, RotationBody, ScopeLogBody } from '../types/membership.ts';
import type { ScopeJoinBody } from '../types/people.ts';

/** Devices, the scopes that they share, and how others come in. */
export interface DeviceRoutes {
  /** Lists the devices of every scope of this one. */
  'GET /v1/devices': { name: 'devices'; answer: DeviceListBody };
  /** Revokes a device and changes the keys that it held; a plan unless `execute` is true. */
  'POST /v1/devices/:id/revoke': { name: 'revokeDevice'; body: { execute?: boolean }; answer: RotationBody };
  /** Sets what a device may do. */
  'POST /v1/devices/:id/role': {
    name: 'setRole';
    body: { role: string; authorities?: readonly string[] };
    answer: RoleBody;
  };
  /** Gives a device another name. */
  'POST /v1/devices/:id/rename': { name: 'renameDevice'; body: { label: string }; answer: DeviceLabelBody };
  /** Changes the keys of one scope or of all; a plan unless `execute` is true. */
  'POST /v1/keys/rotate': {
    name: 'rotateKeys';
    body: { execute?: boolean; scopeId?: string };
    answer: RotationBody;
  };
  /** Tells whether the keys that are held open what lies here. */
  'GET /v1/keys/verify': { name: 'verifyKeys'; answer: KeysVerifyBody };
  /** Lists scopes. */
  'GET /v1/scopes': { name: 'scopes'; answer: PageBody<ScopeBody> };
  /** Makes a scope. */
  'POST /v1/scopes': {
    name: 'createScope';
    body: {
      /** `workspace` or `org`. */
      kind: string;
      name: string;
    };
    answer: ScopeBody;
  };
  /** Chooses a scope for a collection on this device, by its id, its name or its kind; a plan unless `execute` is true. */
  'POST /v1/scopes/:id/use': {
    name: 'useScope';
    body: { collection: string; execute?: boolean };
    answer: ScopeUseBody;
  };
  /** Gives a code for another person, by the id, the name or the kind of the scope. */
  'POST /v1/scopes/:id/invite': {
    name: 'invitePerson';
    body: {
      /** `writer` unless told. */
      role?: string;
    };
    answer: InviteBody;
  };
  /** Begins to join a scope of another person. */
  'POST /v1/scopes/join': { name: 'joinScope'; body: { code: string }; answer: ScopeJoinBody };
  /** Tells how far joining a scope of another person is. */
  'GET /v1/scopes/join': { name: 'joiningScope'; answer: ScopeJoinBody };
  /** Gives the membership log of a scope as it travels. */
  'GET /v1/scopes/:id/log': { name: 'scopeLog'; answer: ScopeLogBody };
  /** Tells how far pairing with a new device is. */
  'GET /v1/pairing': { name: 'pairing'; answer: PairingBody };
  /** Gives a code for a new device. */
  'POST /v1/pairing': {
    name: 'invite';
    body: {
      /** True: nobody compares digits. */
      trustCode?: boolean;
    };
    answer: InviteBody;
  };
  /** Says that the digits of the new device are the right ones. */
  'POST /v1/pairing/approve': { name: 'approve'; body: { digits: string }; answer: PairingBody };
}
