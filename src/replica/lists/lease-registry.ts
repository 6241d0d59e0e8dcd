import type { ChangeId, ScopeId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { maximumToldRevocations } from '../../log/meta.ts';
import { maximumUseAgeMs } from '../../membership/lease/lease.ts';
import type { Revocations } from '../../membership/lease/lease-revocation.ts';
import type { LeaseUse } from '../../membership/lease/lease-use.ts';
import type { Store } from '../../store/ground/port.ts';

/** What this device knows of leases beside those that changes bring along; everything but reading inside a transaction. */
export interface LeaseRegistry {
  /** Verified; sets only grow. */
  revocations(): Revocations;
  setRevocations(revocations: Revocations): void;
  /** Own revocations that the next batches of a scope shall carry. */
  tell(scopeId: ScopeId, revocation: JsonObject): void;
  takeUntold(scopeId: ScopeId): readonly JsonObject[];
  /** Changes that counted under a lease: a revocation may reach back to them. */
  noteUse(leaseId: string, changeId: ChangeId): void;
  usesOf(leaseId: string): readonly ChangeId[];
  /** Uses that were made through this device: each counts once. Kept in memory for as long as a use lives. */
  isSpent(nonce: string): boolean;
  spend(use: Pick<LeaseUse, 'nonce' | 'usedAtMs'>, nowMs: number): void;
  /** The policy that was in force here at a time, and the one that is; empty where none was ever told. */
  policyHashesAt(ms: number): readonly string[];
  notePolicy(hash: string, nowMs: number): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

const revocationsSetting = 'lease.revocations';
const policiesSetting = 'lease.policies';
const untoldSetting = 'lease.untold.';
const usesSetting = 'lease.uses.';
/** Changes of one lease in one setting, so that one more costs the same however many there were. */
const usesInPage = 128;
const keptPolicies = 256;

type PolicyTime = readonly [hash: string, sinceMs: number];

export function createLeaseRegistry({ settings }: Pick<Store, 'settings'>): LeaseRegistry {
  let known: Revocations | undefined;
  const spent = new Map<string, number>();
  let policies: readonly PolicyTime[] | undefined;
  const listed = <T>(name: string): readonly T[] => (settings.get(name) ?? []) as unknown as readonly T[];
  const inForce = (): readonly PolicyTime[] => (policies ??= listed<PolicyTime>(policiesSetting));
  const pagesOf = (leaseId: string): number => (settings.get(usesSetting + leaseId) ?? 0) as number;
  const pageName = (leaseId: string, page: number): string => `${usesSetting}${leaseId}.${page}`;

  return {
    revocations() {
      known ??= new Map(listed<JsonObject>(revocationsSetting).map((one) => [String(one['leaseId']), one] as const));
      return known;
    },
    setRevocations(revocations) {
      settings.set(revocationsSetting, [...revocations.values()]);
      known = revocations;
    },
    tell(scopeId, revocation) {
      settings.set(untoldSetting + scopeId, [...listed<JsonObject>(untoldSetting + scopeId), revocation]);
    },
    takeUntold(scopeId) {
      const untold = listed<JsonObject>(untoldSetting + scopeId);
      if (untold.length > 0) {
        settings.set(untoldSetting + scopeId, untold.slice(maximumToldRevocations) as JsonValue);
      }
      return untold.slice(0, maximumToldRevocations);
    },
    noteUse(leaseId, changeId) {
      const pages = pagesOf(leaseId);
      const last = pages === 0 ? [] : listed<ChangeId>(pageName(leaseId, pages));
      if (pages === 0 || last.length >= usesInPage) {
        settings.set(usesSetting + leaseId, pages + 1);
        settings.set(pageName(leaseId, pages + 1), [changeId]);
      } else if (!last.includes(changeId)) {
        settings.set(pageName(leaseId, pages), [...last, changeId]);
      }
    },
    usesOf: (leaseId) =>
      Array.from({ length: pagesOf(leaseId) }, (_, page) => listed<ChangeId>(pageName(leaseId, page + 1))).flat(),
    isSpent: (nonce) => spent.has(nonce),
    spend({ nonce, usedAtMs }, nowMs) {
      for (const [old, madeAtMs] of spent) {
        if (nowMs - madeAtMs <= maximumUseAgeMs) {
          break;
        }
        spent.delete(old);
      }
      spent.set(nonce, usedAtMs);
    },
    policyHashesAt(ms) {
      const all = inForce();
      // Whatever was in force before this device began to note it is taken for the first that it noted.
      const then = all.findLast(([, since]) => since <= ms) ?? all[0];
      return [then, all.at(-1)].flatMap((policy) => policy?.[0] ?? []);
    },
    notePolicy(hash, nowMs) {
      if (inForce().at(-1)?.[0] !== hash) {
        policies = [...inForce(), [hash, nowMs] as const].slice(-keptPolicies);
        settings.set(policiesSetting, policies as unknown as JsonValue);
      }
    },
    forget() {
      known = undefined;
      policies = undefined;
    },
  };
}
