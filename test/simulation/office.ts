import type { ScopeId } from '../../src/base/ids.ts';
import type { Result } from '../../src/base/result.ts';
import { createAdd } from '../../src/membership/log/create.ts';
import { foldScope } from '../../src/membership/log/scope-log.ts';
import { type ScopeState, roles } from '../../src/membership/parse/state.ts';
import type { EntryDraft } from '../../src/replica/members/rotation.ts';
import type { Device } from './device.ts';
import { logAt } from './membership-logs.ts';
import type { Process } from './process.ts';
import { withEntropyOf } from './seeded-entropy.ts';
import type { MembershipName } from './trust-swarm.ts';
import type { World } from './world.ts';

const mostAttempts = 6;
const patienceMs = 2_000;

/** The entry that an administrator wants at the end of the log as it is now; undefined when there is nothing to do. */
type Draft = (process: Process, scopeId: ScopeId) => Pick<EntryDraft, 'sequence' | 'entry'> | undefined;

/** One act of an administrator in every scope that travels: the relay orders it, and a lost race is run again. */
export function administer(world: World, name: MembershipName, by: Device): void {
  if (name === 'enrol_device') {
    enrol(world, by);
    return;
  }
  const draft = draftOf(world, name);
  for (const scopeId of scopesOf(by)) {
    request(world, name, by, scopeId, draft, () => goOnRegardless(world, scopeId));
  }
}

/** Whoever means harm and was just cut off goes on as if nothing had happened. */
function goOnRegardless({ timeline, trust, household, relay }: World, scopeId: ScopeId): void {
  const member = logAt(relay.disk, scopeId)?.members.get(household.attacker.deviceId);
  if (member !== undefined && (member.revoked !== null || member.role === 'reader')) {
    for (const name of ['equivocation', 'backdated'] as const) {
      timeline.after(trust.random.between(1_000, 9_000), () => {
        if (trust.swarm.kind === 'lying_relay') {
          trust.attacker?.show(name, scopeId);
        } else {
          trust.attacker?.attack(name, scopeId);
        }
      });
    }
  }
}

function draftOf({ trust, household }: World, name: Exclude<MembershipName, 'enrol_device'>): Draft {
  switch (name) {
    case 'revoke_device':
      return ({ replica }, scopeId) => valueOf(replica.draftRotation(scopeId, trust.subject));
    case 'rotate_keys':
      return ({ replica }, scopeId) => valueOf(replica.draftRotation(scopeId, null));
    case 'change_role': {
      const subject = trust.roleSubject;
      const isHostile = subject === household.attacker.deviceId;
      const role = isHostile ? 'reader' : trust.random.pick(['reader', 'writer'] as const);
      return (process, scopeId) => {
        // A reader that writes again would stand before batches of its own that the relay has refused.
        const held = stateOf(process, scopeId)?.members.get(subject)?.role;
        const grant = { role, authorities: [] };
        const isLess = roles.indexOf(role) < roles.indexOf(held ?? 'reader');
        return isLess ? valueOf(process.replica.draftRole(scopeId, subject, grant)) : undefined;
      };
    }
  }
}

function valueOf<T>(result: Result<T, unknown>): T | undefined {
  return result.ok ? result.value : undefined;
}

function scopesOf(by: Device): readonly ScopeId[] {
  const scopes = by.act(({ replica }) => replica.scopes()) ?? [];
  return scopes.filter(({ local }) => !local).map(({ state }) => state.scopeId);
}

function request(
  world: World,
  name: MembershipName,
  by: Device,
  scopeId: ScopeId,
  draft: Draft,
  done: () => void,
  attempt = 1,
): void {
  if (world.relay.sideOf(by.index) === 1) {
    return;
  }
  by.act((process) => {
    const drafted = withEntropyOf(world.trust.random, () => draft(process, scopeId));
    if (drafted === undefined) {
      world.counters.hit(`membership ${name} (refused)`);
      done();
      return;
    }
    const { sequence, entry } = drafted;
    world.trace.note(`membership ${name} ${by.index} ${sequence}`, entry);
    world.trust.wanting.add(by);
    process.wantEntry(scopeId, sequence, entry, (accepted) => {
      world.trust.wanting.delete(by);
      world.trace.note(`membership ${name} ${by.index} ${sequence} ${accepted}`);
      if (accepted) {
        world.counters.hit(`membership ${name}`);
        done();
      } else if (attempt < mostAttempts) {
        world.counters.hit(`membership ${name} (lost the race)`);
        world.timeline.after(patienceMs, () => request(world, name, by, scopeId, draft, done, attempt + 1));
      }
    });
  });
}

function stateOf(process: Process, scopeId: ScopeId): ScopeState | undefined {
  return process.replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state;
}

/** A device comes in under keys that were never here: what pairing does once the person has approved. */
function enrol(world: World, by: Device): void {
  const { newcomer } = world.household;
  const device = world.devices.find(({ keys }) => keys === newcomer) as Device;
  const waiting = new Set(scopesOf(by));
  const draft: Draft = (process, scopeId) => {
    const state = stateOf(process, scopeId);
    const epochKey = state && process.replica.epochKey(scopeId, state.epochs.length);
    if (state === undefined || epochKey === undefined || state.members.has(newcomer.deviceId)) {
      return undefined;
    }
    const entry = createAdd({
      state,
      signer: by.keys,
      member: {
        deviceId: newcomer.deviceId,
        userId: state.userId,
        keys: { sign: newcomer.sign.publicKey, box: newcomer.box.publicKey },
        role: 'writer',
        authorities: [],
      },
      epochKey,
      label: 'newcomer',
    });
    return { sequence: state.sequence + 1, entry };
  };
  for (const scopeId of waiting) {
    request(world, 'enrol_device', by, scopeId, draft, () => {
      waiting.delete(scopeId);
      const logs = scopesOf(by).map((id) => by.disk.scopes.entries(id).map(({ bytes }) => bytes));
      const isIn =
        logs.length > 0 &&
        logs.every((entries) => valueOf(foldScope(entries))?.members.has(newcomer.deviceId) === true);
      if (waiting.size === 0 && isIn) {
        device.enrol(logs);
        device.start();
      }
    });
  }
}
