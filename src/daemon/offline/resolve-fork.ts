import type { ForkBody } from '../../cli/ground/context.ts';
import type { ScopeLogBody } from '../../api/types/membership.ts';
import { bytesFromBase64url, equalBytes } from '../../base/bytes.ts';
import { type ScopeId, parseScopeId } from '../../base/ids.ts';
import type { RelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RootKeys } from '../../crypto/keys.ts';
import { createResolve } from '../../membership/log/create.ts';
import { parseEntry } from '../../membership/parse/entry-codec.ts';
import { openWithRoot, rootAsDevice } from '../../membership/log/recovery.ts';
import { openScopeRoot } from '../../membership/parse/scope-root.ts';
import { fetchLogs } from '../../net/fetch-logs.ts';
import { visitRelay } from '../../net/visit-relay.ts';
import { rootFromWords } from '../ground/words.ts';

/**
 * Holds each membership log of this device against the one at the relay. Where they forked, the root decides for the one
 * at the relay, which others read: with `execute` it signs so, and every device that held another log takes that one.
 */
export async function resolveForks(options: {
  readonly words: string;
  readonly address: RelayAddress;
  readonly logs: readonly ScopeLogBody[];
  readonly execute: boolean;
}): Promise<Result<readonly ForkBody[], string>> {
  const root = rootFromWords(options.words);
  if (!root.ok) {
    return root;
  }
  const bodies: ForkBody[] = [];
  for (const log of options.logs) {
    const { scopeId, kind, name } = log;
    const settled = await settleScope(root.value, log, options.address, options.execute);
    bodies.push({
      ...{ scopeId, kind, name },
      ...(settled.ok ? settled.value : { forkedAt: null, resolved: false, message: settled.error }),
    });
  }
  return ok(bodies);
}

type Settled = Pick<ForkBody, 'forkedAt' | 'resolved' | 'message'>;

async function settleScope(
  userRoot: RootKeys,
  log: ScopeLogBody,
  address: RelayAddress,
  execute: boolean,
): Promise<Result<Settled, string>> {
  const scopeId = parseScopeId(log.scopeId);
  const root = log.sealedRoot === null ? userRoot : openScopeRoot(userRoot, log.sealedRoot);
  if (scopeId === undefined || root === undefined) {
    return err('The words do not open the root of this scope.');
  }
  const entries = await readLog(address, root, scopeId);
  if (!entries.ok) {
    return entries;
  }
  const held = log.entries.map((entry) => bytesFromBase64url(entry) ?? new Uint8Array(0));
  const at = held.findIndex((entry, position) => {
    const other = entries.value[position];
    return other !== undefined && !equalBytes(entry, other);
  });
  const own = held[at] && parseEntry(held[at]);
  if (own?.ok !== true) {
    return ok({ forkedAt: null, resolved: false, message: null });
  }
  const opened = openWithRoot(root, entries.value, scopeId);
  if (!opened.ok) {
    return err(`The log at the relay does not verify: ${opened.error.message}`);
  }
  if (!execute) {
    return ok({ forkedAt: at, resolved: false, message: null });
  }
  const { state } = opened.value;
  const entry = createResolve({ state, root, drop: [own.value.hash], nowMs: Date.now() });
  const taken = await append(address, root, scopeId, state.sequence + 1, entry);
  return taken.ok ? ok({ forkedAt: at, resolved: true, message: null }) : taken;
}

async function readLog(
  address: RelayAddress,
  root: RootKeys,
  scopeId: ScopeId,
): Promise<Result<readonly Uint8Array[], string>> {
  try {
    const [log] = await fetchLogs({ address, keys: rootAsDevice(root), scopes: [{ scopeId, logSequence: 0 }] });
    return ok(log?.entries ?? []);
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

async function append(
  address: RelayAddress,
  root: RootKeys,
  scopeId: ScopeId,
  sequence: number,
  entry: Uint8Array,
): Promise<Result<void, string>> {
  const visit = await visitRelay(address, rootAsDevice(root));
  if (!visit.ok) {
    return visit;
  }
  const appended = await visit.value.append(scopeId, sequence, entry);
  visit.value.close();
  if (!appended.ok) {
    return appended;
  }
  return appended.value ? ok(undefined) : err('Another entry came first. Run the command again.');
}
