import { setTimeout as pause } from 'node:timers/promises';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { MembershipPort } from '../../api/ports/membership-port.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { travelling } from '../keys/scope-names.ts';
import { type AppendDeps, appendAttempts, appendDraft, betweenAttemptsMs } from './append-draft.ts';

type Grant = Parameters<MembershipPort['setRole']>[1];

/** Gives a device its role in every scope that it is in: done where one of them took it. */
export async function giveRoleEverywhere(
  deps: AppendDeps,
  subject: DeviceId,
  grant: Grant,
): ReturnType<MembershipPort['setRole']> {
  const scopes = [];
  let fault: ControlFault | undefined;
  for (const { scopeId, members } of travelling(deps.replica)) {
    if (members.get(subject)?.revoked === null) {
      const given = await giveRole(deps, scopeId, subject, grant);
      fault ??= given.ok ? undefined : given.error;
      scopes.push({ scopeId, done: given.ok, message: given.ok ? null : given.error.message });
    }
  }
  return scopes.some(({ done }) => done)
    ? ok({ deviceId: subject, ...grant, scopes })
    : err(fault ?? denied('The device is revoked already in every scope that is held here.'));
}

async function giveRole(
  deps: AppendDeps,
  scopeId: ScopeId,
  subject: DeviceId,
  grant: Grant,
): Promise<Result<void, ControlFault>> {
  for (let attempt = 0; attempt < appendAttempts; attempt++) {
    const draft = deps.replica.draftRole(scopeId, subject, grant);
    if (!draft.ok) {
      return err(denied(draft.error.message));
    }
    const appended = await appendDraft(deps, draft.value);
    if (appended === 'appended') {
      return ok(undefined);
    }
    if (appended === 'unreachable') {
      return err({ kind: 'relay_away', message: 'The relay does not answer. Try again when it does.' });
    }
    await pause(betweenAttemptsMs);
  }
  return err({ kind: 'conflict', message: 'Others are changing this scope as well. Try again.' });
}

function denied(message: string): ControlFault {
  const reasonCode: Refusal['reasonCode'] = 'policy_denied';
  return { kind: 'conflict', message, reasonCode };
}
