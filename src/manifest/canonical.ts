import type { CollectionName, EngineId } from '../base/ids.ts';
import type { EncryptionScope, MergeStrategyName, PolicyClass } from '../contract/manifest.ts';

/** One row of the registry's table of canonical engines, or of the three that ship beside it. */
export interface CanonicalEngine {
  readonly engineId: EngineId;
  readonly collection: CollectionName;
  /** `owner/name`; the first is the one that the shipped manifest names. */
  readonly owners: readonly [string, ...string[]];
  readonly policyClass: PolicyClass;
  /** The first is the manifest's; configuration may choose another of these, and nothing else. */
  readonly scopes: readonly [EncryptionScope, ...EncryptionScope[]];
  readonly mergeStrategy: MergeStrategyName;
  /** False for the three that the registry does not know. */
  readonly inRegistry: boolean;
}

/** Where the registry names a programme instead of a repository, its owner is this one. */
const core = 'SourceOS-Linux/sourceos-spec';
/** This repository, which owns the three engines that ship beside the registry's. */
const here = 'SourceOS-Linux/sourcesync';
const workspaceOwner = 'SocioProphet/prophet-workspace';
const policyOwner = 'SocioProphet/policy-fabric';
const browserOwner = 'SourceOS-Linux/BearBrowser';
const auditOwner = 'SourceOS-Linux/SourceAudit';
const terminalOwner = 'SourceOS-Linux/TurtleTerm';

export const canonicalEngines: readonly CanonicalEngine[] = [
  row('clients', 'clients', [core], 'high', ['profile'], 'signed_authority_required'),
  row('workspace', 'workspace', [workspaceOwner, 'SocioProphet/sociosphere'], 'high', ['workspace'], 'graph_merge'),
  row('shell', 'shell', ['SourceOS-Linux/sourceos-shell', terminalOwner], 'high', ['profile'], 'manual_review'),
  row(
    'agent-registry',
    'agents',
    ['SocioProphet/agent-registry'],
    'critical',
    ['workspace', 'org'],
    'signed_authority_required',
  ),
  row('policy-fabric', 'policy', [policyOwner], 'critical', ['org', 'workspace'], 'strongest_policy_wins'),
  row('memory-mesh', 'memory', ['SocioProphet/memory-mesh'], 'high', ['profile', 'workspace'], 'manual_review'),
  row('browser', 'browser', [browserOwner], 'high', ['profile', 'workspace'], 'manual_review'),
  row('secrets', 'secrets', [core, policyOwner], 'critical', ['vault'], 'never_merge'),
  row(
    'audit',
    'audit',
    [auditOwner, 'SocioProphet/sherlock-search', 'SocioProphet/holmes', core],
    'critical',
    ['profile', 'workspace', 'org'],
    'append_only',
  ),
  row(
    'models',
    'models',
    ['SourceOS-Linux/sourceos-model-carry', 'SourceOS-Linux/agent-machine'],
    'high',
    ['profile', 'org'],
    'manual_review',
  ),
  row(
    'extensions',
    'extensions',
    [core, browserOwner, terminalOwner, workspaceOwner],
    'high',
    ['profile', 'workspace'],
    'manual_review',
  ),
  { ...row('notes', 'notes', [here], 'low', ['workspace'], 'crdt'), inRegistry: false },
  { ...row('presence', 'presence', [here], 'low', ['workspace'], 'crdt'), inRegistry: false },
  { ...row('inbox', 'inbox', [here], 'medium', ['profile'], 'quarantine'), inRegistry: false },
];

export function canonicalOfEngine(engineId: string): CanonicalEngine | undefined {
  return canonicalEngines.find((engine) => engine.engineId === engineId);
}

export function canonicalOfCollection(collection: string): CanonicalEngine | undefined {
  return canonicalEngines.find((engine) => engine.collection === collection);
}

/** The scopes that configuration may choose for an engine: the listed ones, or the manifest's own. */
export function permittedScopes(manifest: {
  readonly engineId: string;
  readonly encryptionScope: EncryptionScope;
}): readonly EncryptionScope[] {
  return canonicalOfEngine(manifest.engineId)?.scopes ?? [manifest.encryptionScope];
}

function row(
  name: string,
  collection: string,
  owners: CanonicalEngine['owners'],
  policyClass: PolicyClass,
  scopes: CanonicalEngine['scopes'],
  mergeStrategy: MergeStrategyName,
): CanonicalEngine {
  return {
    engineId: `sourceos.sync.${name}` as EngineId,
    collection: collection as CollectionName,
    owners,
    policyClass,
    scopes,
    mergeStrategy,
    inRegistry: true,
  };
}
