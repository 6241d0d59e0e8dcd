import type { AuditHead } from '../log/audit.ts';
import { emptyAuditHead, verifyAuditChain } from '../log/audit.ts';
import type { Store } from '../store/port.ts';

/** A regular look at what the daemon claims: the audit chain is unbroken, every stored record opened not long ago. */
export interface Heartbeat {
  /** Verifies what was added since the last beat; the first verifies all. */
  beat(): { readonly verified: boolean };
  readonly verified: boolean;
  readonly auditBroken: boolean;
}

const readSize = 1000;

/** `checkpoint` is called after each beat that found the audit chain unbroken. */
export function createHeartbeat(store: Store, storeVerified: () => boolean, checkpoint: () => void): Heartbeat {
  let verifiedTo: AuditHead = emptyAuditHead;
  let verified = false;
  let auditBroken = false;

  function verifyTail(): boolean {
    for (;;) {
      const rows = store.audit.read(verifiedTo.count, readSize);
      const chain = verifyAuditChain(rows, undefined, verifiedTo);
      if (!chain.ok) {
        return false;
      }
      verifiedTo = chain.value;
      if (rows.length < readSize) {
        return verifiedTo.head === store.audit.head().head;
      }
    }
  }

  return {
    beat() {
      auditBroken = !verifyTail();
      verified = !auditBroken;
      if (verified) {
        checkpoint();
      }
      return { verified: verified && storeVerified() };
    },
    get verified(): boolean {
      return verified && storeVerified();
    },
    get auditBroken(): boolean {
      return auditBroken;
    },
  };
}
