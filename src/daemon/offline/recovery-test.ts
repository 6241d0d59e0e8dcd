import type { RecoveryTestScope } from '../../cli/ground/context.ts';
import type { ScopeLogBody } from '../../api/types/membership.ts';
import { bytesFromBase64url } from '../../base/bytes.ts';
import { parseScopeId } from '../../base/ids.ts';
import { type Result, ok } from '../../base/result.ts';
import type { RootKeys } from '../../crypto/keys.ts';
import { openWithRoot } from '../../membership/log/recovery.ts';
import { openScopeRoot } from '../../membership/parse/scope-root.ts';
import { rootFromWords } from '../ground/words.ts';

/** Proves, without changing anything, which of these scopes the words open: root, and the key of every epoch. */
export function testWords(words: string, logs: readonly ScopeLogBody[]): Result<readonly RecoveryTestScope[], string> {
  const root = rootFromWords(words);
  return root.ok ? ok(logs.map((log) => testScope(root.value, log))) : root;
}

function testScope(userRoot: RootKeys, log: ScopeLogBody): RecoveryTestScope {
  const { scopeId, kind, name } = log;
  const fault = openFault(userRoot, log);
  return { scopeId, kind, name, opens: fault === null, message: fault };
}

function openFault(userRoot: RootKeys, { scopeId, entries, sealedRoot }: ScopeLogBody): string | null {
  const parsed = parseScopeId(scopeId);
  const log = entries.flatMap((entry) => bytesFromBase64url(entry) ?? []);
  if (parsed === undefined || log.length !== entries.length) {
    return 'The daemon gave a log that cannot be read. Restart it so that it has the version of this command.';
  }
  const root = sealedRoot === null ? userRoot : openScopeRoot(userRoot, sealedRoot);
  if (root === undefined) {
    return 'The words do not open the root of this scope.';
  }
  const opened = openWithRoot(root, log, parsed);
  return opened.ok ? null : opened.error.message;
}
