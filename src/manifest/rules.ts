import { type Manifest, type MergeStrategyName, staysOnDevice } from '../contract/manifest.ts';
import { canonicalOfCollection, canonicalOfEngine } from './canonical.ts';
import type { UnplacedFinding } from './finding.ts';

export type RuleId = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8';

/** A rule of the registry that stands beside the schema; messages and reports quote its id. */
export interface RegistryRule {
  readonly id: RuleId;
  readonly says: string;
  /** What one manifest has against it, in the fields that it has; rules about several manifests have nothing to say. */
  readonly check: (manifest: Partial<Manifest>) => readonly UnplacedFinding[];
  /** Why the rule is there. */
  readonly because: string;
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
    because: 'Two engines on one collection would each undo what the other decided; none would leave it unguarded.',
    check: () => [],
  },
  {
    id: 'R2',
    says: 'The policy class and the merge strategy are declared.',
    because: "What is not declared cannot be enforced, and a default would be somebody's guess.",
    check: declared,
  },
  {
    id: 'R3',
    says: 'A critical engine requires signed authority on writes.',
    because: 'A critical record changes what machines do: to be in its scope must not be enough to write it.',
    check: criticalIsSigned,
  },
  {
    id: 'R4',
    says: 'Secrets never merge and stay in the vault; vault and device never leave the device.',
    because: 'A secret that travels is no secret. Other collections refer to it instead.',
    check: secrets,
  },
  {
    id: 'R5',
    says: 'Audit is append-only.',
    because: 'An audit trail that can be changed proves nothing.',
    check: audit,
  },
  {
    id: 'R6',
    says: 'Memory, shell, browser, models and extensions are reviewed by a person.',
    because: "These steer what a person's tools and agents do, so that a remote write is only a proposal.",
    check: reviewed,
  },
  {
    id: 'R7',
    says: 'The estate scan can tell missing, invalid, partial and compliant apart.',
    because: 'An operator must see a gap as a gap: half a declaration is neither right nor absent.',
    check: () => [],
  },
  {
    id: 'R8',
    says: 'A manifest that deviates from the canonical table is reported.',
    because: "The table is the registry's and the manifest its owner's: a person says which of the two is wrong.",
    check: canonical,
  },
];

/** What the rules have against a manifest whose fields are each valid by themselves, in the order of the rules. */
export function checkRules(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  return registryRules.flatMap((rule) => rule.check(manifest));
}

function declared(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  return (['policyClass', 'mergeStrategy'] as const)
    .filter((field) => manifest[field] === undefined)
    .map((field) => broken('R2', `/${field}`, `The field "${field}" is not declared.`, `Declare "${field}".`));
}

function criticalIsSigned(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  const { policyClass, mergeStrategy } = manifest;
  if (policyClass !== 'critical' || mergeStrategy === undefined || signedStrategies.includes(mergeStrategy)) {
    return [];
  }
  const message = `A critical engine cannot merge by ${mergeStrategy}: anyone in the scope could write.`;
  return [broken('R3', '/mergeStrategy', message, `Choose one of ${signedStrategies.join(', ')}, or a lower class.`)];
}

function secrets(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  const { mergeStrategy, encryptionScope } = manifest;
  const findings: UnplacedFinding[] = [];
  const holdsSecrets = manifest.collection === 'secrets' || manifest.engineId === 'sourceos.sync.secrets';
  if (holdsSecrets && mergeStrategy !== undefined && mergeStrategy !== 'never_merge') {
    findings.push(mustMerge('R4', 'Secrets are never merged.', 'never_merge'));
  }
  if (holdsSecrets && encryptionScope !== undefined && encryptionScope !== 'vault') {
    findings.push(broken('R4', '/encryptionScope', 'Secrets stay in the vault.', 'Set "encryptionScope" to "vault".'));
  }
  if (!holdsSecrets && mergeStrategy === 'never_merge' && encryptionScope && !staysOnDevice(encryptionScope)) {
    const message = `Nothing of this collection will leave the device, yet its scope is ${encryptionScope}.`;
    findings.push(deviates('R4', '/encryptionScope', message, 'Set "encryptionScope" to "vault" or "device".'));
  }
  return findings;
}

function audit(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  const isAudit = manifest.collection === 'audit' || manifest.engineId === 'sourceos.sync.audit';
  return isAudit && manifest.mergeStrategy !== undefined && manifest.mergeStrategy !== 'append_only'
    ? [mustMerge('R5', 'Audit records are never changed.', 'append_only')]
    : [];
}

function reviewed(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  const { engineId = '', mergeStrategy } = manifest;
  const names = [canonicalOfEngine(engineId)?.collection ?? '', manifest.collection ?? ''];
  const collection = names.find((name) => reviewedCollections.includes(name));
  return collection !== undefined && mergeStrategy !== undefined && mergeStrategy !== 'manual_review'
    ? [mustMerge('R6', `Remote changes of "${collection}" wait for a person.`, 'manual_review')]
    : [];
}

function canonical(manifest: Partial<Manifest>): readonly UnplacedFinding[] {
  const row = canonicalOfEngine(manifest.engineId ?? '');
  if (row === undefined) {
    const owner = manifest.engineId === undefined ? undefined : canonicalOfCollection(manifest.collection ?? '');
    const message = `The collection "${manifest.collection}" belongs to ${owner?.engineId ?? ''}.`;
    return owner === undefined
      ? []
      : [deviates('R8', '/engineId', message, 'Give the engine a collection of its own.')];
  }
  const expected: readonly (readonly [keyof Manifest, string | undefined, readonly string[]])[] = [
    ['collection', manifest.collection, [row.collection]],
    ['ownerRepo', manifest.ownerRepo, row.owners],
    ['encryptionScope', manifest.encryptionScope, row.scopes],
    ['mergeStrategy', manifest.mergeStrategy, [row.mergeStrategy]],
    ['policyClass', manifest.policyClass, [row.policyClass]],
  ];
  return expected
    .filter(([, actual, allowed]) => actual !== undefined && !allowed.includes(actual))
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
