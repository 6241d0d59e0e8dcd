import { type EncryptionScope, type Manifest, type MergeStrategyName, staysOnDevice } from '../contract/manifest.ts';
import { canonicalOfCollection, canonicalOfEngine } from './canonical.ts';
import type { UnplacedFinding } from './finding.ts';

export type RuleId = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8';

/** A rule of the registry that stands beside the schema; messages and reports quote its id. */
export interface RegistryRule {
  readonly id: RuleId;
  readonly says: string;
  /** What one manifest has against it; rules that need more than one manifest have nothing to say here. */
  readonly check: (manifest: Manifest) => readonly UnplacedFinding[];
}

/** Strategies under which a change counts only by the authority of who signed it. */
const signedStrategies: readonly MergeStrategyName[] = [
  'signed_authority_required',
  'strongest_policy_wins',
  'append_only',
  'never_merge',
];
const reviewedCollections: readonly string[] = ['memory', 'shell', 'browser', 'models', 'extensions'];

export const registryRules: readonly RegistryRule[] = [
  {
    id: 'R1',
    says: 'Every engine has a manifest, and every known collection has exactly one enabled engine.',
    check: () => [],
  },
  { id: 'R2', says: 'The policy class and the merge strategy are declared.', check: declared },
  { id: 'R3', says: 'A critical engine requires signed authority on writes.', check: criticalIsSigned },
  {
    id: 'R4',
    says: 'Secrets never merge and stay in the vault; vault and device never leave the device.',
    check: secrets,
  },
  { id: 'R5', says: 'Audit is append-only.', check: audit },
  { id: 'R6', says: 'Memory, shell, browser, models and extensions are reviewed by a person.', check: reviewed },
  { id: 'R7', says: 'The estate scan can tell missing, invalid, partial and compliant apart.', check: () => [] },
  { id: 'R8', says: 'A manifest that deviates from the canonical table is reported.', check: canonical },
];

/** What the rules have against a manifest that has passed its schema, in the order of the rules. */
export function checkRules(manifest: Manifest): readonly UnplacedFinding[] {
  return registryRules.flatMap((rule) => rule.check(manifest));
}

function declared(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  return (['policyClass', 'mergeStrategy'] as const)
    .filter((field) => manifest[field] === undefined)
    .map((field) => broken('R2', `/${field}`, `The field "${field}" is not declared.`, `Declare "${field}".`));
}

function criticalIsSigned(manifest: Manifest): readonly UnplacedFinding[] {
  if (manifest.policyClass !== 'critical' || signedStrategies.includes(manifest.mergeStrategy)) {
    return [];
  }
  const message = `A critical engine cannot merge by ${manifest.mergeStrategy}: anyone in the scope could write.`;
  return [broken('R3', '/mergeStrategy', message, `Choose one of ${signedStrategies.join(', ')}, or a lower class.`)];
}

function secrets(manifest: Manifest): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  const holdsSecrets = manifest.collection === 'secrets' || manifest.engineId === 'sourceos.sync.secrets';
  if (holdsSecrets && manifest.mergeStrategy !== 'never_merge') {
    findings.push(mustMerge('R4', 'Secrets are never merged.', 'never_merge'));
  }
  if (holdsSecrets && manifest.encryptionScope !== 'vault') {
    findings.push(broken('R4', '/encryptionScope', 'Secrets stay in the vault.', 'Set "encryptionScope" to "vault".'));
  }
  if (!holdsSecrets && manifest.mergeStrategy === 'never_merge' && !staysOnDevice(manifest.encryptionScope)) {
    const message = `Nothing of this collection will leave the device, yet its scope is ${manifest.encryptionScope}.`;
    findings.push(deviates('R4', '/encryptionScope', message, 'Set "encryptionScope" to "vault" or "device".'));
  }
  return findings;
}

function audit(manifest: Manifest): readonly UnplacedFinding[] {
  const isAudit = manifest.collection === 'audit' || manifest.engineId === 'sourceos.sync.audit';
  return isAudit && manifest.mergeStrategy !== 'append_only'
    ? [mustMerge('R5', 'Audit records are never changed.', 'append_only')]
    : [];
}

function reviewed(manifest: Manifest): readonly UnplacedFinding[] {
  const collection = canonicalOfEngine(manifest.engineId)?.collection ?? manifest.collection;
  const isReviewed = reviewedCollections.includes(collection) || reviewedCollections.includes(manifest.collection);
  return isReviewed && manifest.mergeStrategy !== 'manual_review'
    ? [mustMerge('R6', `Remote changes of "${collection}" wait for a person.`, 'manual_review')]
    : [];
}

function canonical(manifest: Manifest): readonly UnplacedFinding[] {
  const row = canonicalOfEngine(manifest.engineId);
  if (row === undefined) {
    const owner = canonicalOfCollection(manifest.collection);
    const message = `The collection "${manifest.collection}" belongs to ${owner?.engineId ?? ''}.`;
    return owner === undefined
      ? []
      : [deviates('R8', '/engineId', message, 'Give the engine a collection of its own.')];
  }
  const expected: readonly (readonly [keyof Manifest, string | undefined, readonly string[]])[] = [
    ['collection', manifest.collection, [row.collection]],
    ['ownerRepo', manifest.ownerRepo, row.owners],
    ['encryptionScope', manifest.encryptionScope satisfies EncryptionScope, row.scopes],
    ['mergeStrategy', manifest.mergeStrategy, [row.mergeStrategy]],
    ['policyClass', manifest.policyClass, [row.policyClass]],
  ];
  return expected
    .filter(([, actual, allowed]) => actual === undefined || !allowed.includes(actual))
    .map(([field, , allowed]) => {
      const message = `The canonical table has another "${field}" for ${row.engineId}.`;
      return deviates('R8', `/${field}`, message, `The table says: ${allowed.join(' or ')}.`);
    });
}

function mustMerge(rule: RuleId, because: string, strategy: MergeStrategyName): UnplacedFinding {
  return broken(rule, '/mergeStrategy', because, `Set "mergeStrategy" to "${strategy}".`);
}

function broken(rule: RuleId, path: string, message: string, remedy: string): UnplacedFinding {
  return { severity: 'error', rule, path, message, remedy };
}

function deviates(rule: RuleId, path: string, message: string, remedy: string): UnplacedFinding {
  return { severity: 'warning', rule, path, message, remedy };
}
