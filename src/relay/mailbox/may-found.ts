import { base64urlFromBytes } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { RegistrationTokens } from '../registration/token-folder.ts';

/** What leave to found a scope rests on; the token of a `token` is charged with it. */
export type Leave = { readonly by: 'open' | 'root' } | { readonly by: 'token'; readonly tokenId: string };

/** Whether a scope may be founded here: an open relay, a listed root key, or a registration token. Else why not. */
export function mayFound(
  {
    store,
    policy,
    tokens,
    nowMs,
  }: {
    readonly store: RelayStore;
    readonly policy: RelayPolicy;
    readonly tokens: RegistrationTokens;
    readonly nowMs: number;
  },
  state: ScopeState,
  token: string | null,
): Result<Leave, string> {
  if (policy.open) {
    return ok({ by: 'open' });
  }
  const rootKey = base64urlFromBytes(state.rootKeys.sign);
  if (policy.allowedRoots.includes(rootKey)) {
    return ok({ by: 'root' });
  }
  if (token === null) {
    return err(`this relay takes no new scopes from strangers. ${whatToDo}, or to allow the root key ${rootKey}`);
  }
  const judged = tokens.judge(token, nowMs);
  if (!judged.ok) {
    return err(`${judged.error} ${whatToDo}`);
  }
  const { tokenId, scopes } = judged.value;
  return store.tokenUses(tokenId) < scopes
    ? ok({ by: 'token', tokenId })
    : err(`the registration token is used up: it was good for ${scopes} scopes. ${whatToDo}`);
}

const whatToDo = 'Ask its operator for a registration token (sourcesync relay token create) and set it as relay.token';

/** For a relay that issues none. */
export const noTokens: RegistrationTokens = { judge: () => err('this relay issues no registration tokens.') };
