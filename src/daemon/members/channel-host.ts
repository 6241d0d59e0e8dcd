import type { ChannelPort, PrivilegedCall } from '../../api/ports/channel.ts';
import { type Caller, channelIdOf } from '../../api/ports/clients.ts';
import { assert } from '../../base/assert.ts';
import { bytesFromBase64url } from '../../base/bytes.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { err, ok } from '../../base/result.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import { type Refusal, reasonText, refuse } from '../../contract/verdict.ts';
import { type ParsedEnvelope, parseEnvelope } from '../../membership/envelope/envelope-json.ts';
import { type ChannelFacts, refuseEnvelope } from '../../membership/envelope/envelope.ts';
import { policyBundleHash } from '../../policy/bundle-hash.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import { profileOf } from '../keys/scope-names.ts';

export interface ChannelHostDeps {
  readonly store: Store;
  readonly deviceId: DeviceId;
  readonly ownerId: string;
  readonly profile: () => ScopeId;
  readonly policyBundleHash: () => string;
  /** Ed25519 key of the person's own client; null when it was never made. */
  readonly ownerKey: () => Uint8Array | null;
  readonly nowMs: () => number;
  readonly audit: (facts: AuditFacts) => void;
}

/** Channel, nonce, and the end of the envelope in milliseconds; oldest first. */
type SpentNonce = readonly [channelId: string, nonce: string, expiresAtMs: number];

const noncesSetting = 'channel.nonces';
/** Spent nonces are dropped by number, oldest first, so that a clock that was set back brings none of them to life. */
const keptNonces = 2048;

/** The door for privileged calls: what it lets pass is spent and audited before it is done, and survives a crash. */
export function createChannelHost(deps: ChannelHostDeps): ChannelPort {
  const { store, nowMs } = deps;
  const spent = (): readonly SpentNonce[] =>
    (store.settings.get(noncesSetting) ?? []) as unknown as readonly SpentNonce[];

  function facts(caller: Caller): ChannelFacts {
    const { deviceId } = deps;
    const channelId = channelIdOf(caller);
    return { channelId, deviceId, profile: deps.profile(), policyBundleHash: deps.policyBundleHash() };
  }

  function refusalOf(call: PrivilegedCall, parsed: ParsedEnvelope, channel: ChannelFacts): Refusal | undefined {
    const used = spent();
    const refusal = refuseEnvelope(parsed, call, {
      ...{ facts: channel, publicKey: publicKeyOf(deps, call.caller), nowMs: nowMs() },
      isUsed: (nonce) => used.some(([channelId, one]) => channelId === channel.channelId && one === nonce),
    });
    const crowded = used.length >= keptNonces && (used[0]?.[2] ?? 0) > nowMs();
    return refusal ?? (crowded ? tooMany : undefined);
  }

  return {
    facts,
    admit(call, text) {
      const parsed = text === undefined ? err(absent) : parseEnvelope(text);
      return store.transaction(() => {
        const channel = facts(call.caller);
        const refusal = parsed.ok ? refusalOf(call, parsed.value, channel) : parsed.error;
        const request = parsed.ok ? parsed.value.envelope : undefined;
        deps.audit({
          ...calledBy(deps, call),
          eventType: refusal === undefined ? 'sourcechannel.policy.allow' : eventOf(refusal),
          outcome: refusal === undefined ? 'allow' : 'deny',
          reasonCode: refusal === undefined ? 'none' : reasonText(refusal),
          details: {
            ...{ command: call.command, route: call.route },
            ...(request === undefined ? {} : { requestId: request.requestId, auditId: request.auditId }),
          },
        });
        if (refusal !== undefined) {
          return err(refusal);
        }
        if (request !== undefined) {
          const next = [...spent(), [channel.channelId, request.nonce, request.expiresAtMs] as const];
          store.settings.set(noncesSetting, next.slice(-keptNonces));
        }
        return ok(undefined);
      });
    },
    turnedAway(call, reasonCode) {
      deps.audit({
        ...calledBy(deps, call),
        ...{ eventType: 'sourcechannel.request.rejected', outcome: 'deny', reasonCode },
        details: { command: call.command, route: call.route },
      });
    },
  };
}

/** Device, profile and policy of this home. */
export function channelPlace({
  replica,
  bindings,
}: {
  readonly replica: Pick<Replica, 'self' | 'scopes'>;
  readonly bindings: Bindings;
}): Pick<ChannelHostDeps, 'deviceId' | 'profile' | 'policyBundleHash'> {
  return {
    deviceId: replica.self,
    profile() {
      const profile = profileOf(replica);
      assert(profile !== undefined, 'a home has a profile from its first day');
      return profile.scopeId;
    },
    policyBundleHash: () => policyBundleHash(bindings.all().map(({ manifest }) => manifest)),
  };
}

function publicKeyOf({ ownerKey }: ChannelHostDeps, caller: Caller): Uint8Array | null {
  if (caller.kind === 'owner') {
    return ownerKey();
  }
  return caller.client.publicKey === null ? null : (bytesFromBase64url(caller.client.publicKey) ?? null);
}

function calledBy(
  { ownerId }: ChannelHostDeps,
  { caller }: { caller: Caller },
): Pick<AuditFacts, 'actorId' | 'subjectId' | 'policyDomain'> {
  const channelId = channelIdOf(caller);
  const actorId = caller.kind === 'owner' ? ownerId : channelId;
  return { actorId, subjectId: channelId, policyDomain: 'sourcechannel' };
}

/** Event types of the SourceChannel contract. */
function eventOf({ reasonCode, detail }: Refusal): string {
  if (detail === 'nonce_used') {
    return 'sourcechannel.replay.denied';
  }
  if (reasonCode === 'capability_expired') {
    return 'sourcechannel.expired.denied';
  }
  const broken = reasonCode === 'schema_unknown' || reasonCode === 'signature_invalid';
  return broken ? 'sourcechannel.request.rejected' : 'sourcechannel.policy.deny';
}

const absent = refuse(
  'reject',
  'policy_denied',
  'authority_missing',
  'This call needs an envelope in the header sourcesync-envelope, signed by the key of its client. Nothing was done.',
);
const tooMany = refuse(
  'reject',
  'policy_denied',
  'too_many',
  'Too many privileged calls in five minutes. Nothing was done; try again later.',
);
