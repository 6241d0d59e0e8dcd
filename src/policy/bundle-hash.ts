import { concat, utf8 } from '../base/bytes.ts';
import { canonicalBytes } from '../base/canonical-json.ts';
import type { Manifest } from '../contract/manifest.ts';
import { sha256Text } from '../crypto/hash.ts';

const domain = utf8('srcos/v1/policy-bundle\0');

/**
 * `sha256:<hex>` of the policy in force: what the manifests say about who may do what to which collection, by engine.
 * Whatever was granted under it names it, and ends when it changes.
 */
export function policyBundleHash(manifests: readonly Manifest[]): string {
  const ruled = manifests
    .map(({ engineId, collection, policyClass, encryptionScope, mergeStrategy, dangerousFields }) => ({
      ...{ engineId, collection, policyClass, encryptionScope, mergeStrategy, dangerousFields },
    }))
    .sort((left, right) => (left.engineId < right.engineId ? -1 : 1));
  return sha256Text(concat([domain, canonicalBytes(ruled)]));
}
