import { assert } from '../../base/assert.ts';
import { writeDenied } from '../../admission/policy.ts';
import type { CollectionName } from '../../base/ids.ts';
import type { AuditEvent } from '../../contract/audit.ts';
import { auditEntryId } from '../../log/audit-entry.ts';
import { entryAfter, eventsToEnter } from '../../log/entered-events.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { draftContext } from '../apply/apply.ts';
import type { Author } from '../edit/author.ts';
import { authored } from '../edit/authored.ts';
import type { Core } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { lastEntered, noteEntry } from '../kernel/event-before.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { editable, writeChange } from '../edit/write-change.ts';
import type { Store } from '../../store/ground/port.ts';

const collection = 'audit' as CollectionName;
const enteredSetting = 'audit.entered';

/** Events that one call reads: whoever waits meanwhile is answered soon. */
const stretchLength = 64;
/** A device that is further behind than this begins anew, and its first entry says how much it passed over. */
const mostBehind = 4096;
const keptBehind = 256;

/** Domains that are no collection; what happened in any other unknown one may belong to a vault, and stays here. */
const domainsBeside: ReadonlySet<string> = new Set(['membership', 'sync', 'sourcechannel']);

/**
 * Enters a stretch of the own audit chain in the collection, up to what the latest checkpoint covers. The place in the
 * chain is kept with the entries, so that a crash neither leaves one out nor writes it twice.
 */
export function enterAudit(core: Core): boolean {
  const target = editable(core, collection);
  const { from, passedOver } = whereFrom(core.store);
  const covered = core.notices.checkpoints.latest()?.n ?? 0;
  if (!target.ok || covered <= from) {
    return false;
  }
  const { binding, scope } = target.value;
  const denied = writeDenied(core.rules.policy.current(), binding.manifest, {
    authorId: core.device.id,
    lease: undefined,
  });
  const before = lastEntered(core.store, { scopeId: scope.scopeId, deviceId: core.device.id });
  if (denied !== undefined || before === 'unread') {
    return false;
  }
  const length = Math.min(stretchLength, covered - from);
  const events = eventsToEnter(core.store.audit.read(from, length), {
    signer: { deviceId: core.device.id, userId: core.device.userId },
    isShown: (domain) => isShown(core.rules, binding, domain as CollectionName),
  });
  authored(core, scope, (author) => {
    let previous = before.hash;
    let isFirst = true;
    for (const event of events) {
      const entry = entryAfter(previous, event, isFirst && passedOver > 0 ? { passedOver } : {});
      if (isEntered(core, binding, scope, author, entry)) {
        previous = entry.eventHash;
        isFirst = false;
      }
    }
    core.store.settings.set(enteredSetting, from + length);
  });
  return from + length < covered;
}

function whereFrom(store: Pick<Store, 'settings' | 'audit'>): { readonly from: number; readonly passedOver: number } {
  const saved = store.settings.get(enteredSetting);
  const from = typeof saved === 'number' ? saved : 0;
  const behind = store.audit.head().count - from;
  const passedOver = behind > mostBehind ? behind - keptBehind : 0;
  return { from: from + passedOver, passedOver };
}

/** Ids and hashes of a collection are shown to nobody who may not read it; those of a vault to nobody at all. */
function isShown(rules: Rules, { scope }: CollectionBinding, domain: CollectionName): boolean {
  const other = rules.bindings.ofCollection(domain)?.scope;
  if (other === undefined) {
    return scope === 'profile' && domainsBeside.has(domain);
  }
  return other !== 'vault' && other !== 'device' && (scope === 'profile' || other === scope);
}

function isEntered(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  entry: AuditEvent,
): boolean {
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const fields = { ...entry };
  const intent = { kind: 'put', fields } as const;
  const draft = strategy.draft(intent, draftContext(core, binding, intent, undefined));
  const id = auditEntryId(entry);
  const row = core.store.records.get(binding.manifest.collection, id);
  const target = { id, row, managedBy: 'system' as const, authorId: core.device.id };
  const written = draft.ok ? writeChange(core, binding, scope, author, strategy, target, draft.value) : draft;
  if (!written.ok) {
    return false;
  }
  const entered = core.logs.unsealed.get(written.value.changeId);
  assert(entered !== undefined, 'it was just placed');
  noteEntry(core.store, entered);
  return true;
}
