import { governanceGroups, governanceNames } from './governance-swarm.ts';
import { faultNames, operationNames } from './swarm.ts';
import { hostileNames, lieNames, membershipNames } from './trust-swarm.ts';

/** What some hundreds of schedules must meet at least once; a run that misses one proves less than it says. */
export const requiredCounters: readonly string[] = [
  ...faultNames.map((name) => `fault ${name}`),
  ...operationNames.filter((name) => name !== 'spill_secret').map((name) => `operation ${name}`),
  'operation spill_secret (refused)',
  ...['applied', 'proposed', 'superseded', 'waiting', 'refused'].map((disposition) => `change ${disposition}`),
  ...[
    'disabled',
    'engine_disabled',
    'auth_pending',
    'conflict_detected',
    'review_required',
    'degraded',
    'relay_unreachable',
    'engine_syncing',
    'engine_current',
  ].map((state) => `state ${state}`),
  ...['acknowledge', 'challenge', 'deliver', 'entry_appended', 'pong', 'state', 'welcome'].map(
    (type) => `relay ${type}`,
  ),
  'relay error E_BAD_BATCH push',
  'relay error E_BAD_MESSAGE connection',
  'relay crashed',
  'relay store failed',
  'device crashed',
  'batches appended',
  'batches duplicate',
  'batch taken in by several transactions',
  'batch hold gap',
  'batch reject hash_mismatch',
  'batch reject scope_foreign',
  'decision accept',
  'accepted and looked at',
  'decision reject',
  'release while settling',
  'conflict seen',
  'audit entry looked at',
  'canary checked',
  'delivered again',
  'rebuilt',
  ...lieNames.map((name) => `lie ${name}`),
  ...membershipNames.map((name) => `membership ${name}`),
  ...hostileNames.map((name) => `hostile ${name}`),
  ...['stale', 'lost', 'cloned', 'restored', 'recovered'].map((what) => `device ${what}`),
  ...['own_chain_behind', 'relay_behind', 'seeded'].map((what) => `noticed ${what}`),
  ...['device_equivocation', 'merkle_root', 'signature'].map((why) => `batch reject ${why}`),
  ...['suite_unknown', 'flag_unknown'].map((why) => `batch quarantine ${why}`),
  'entries taken',
  'relay entries',
  'revoked device tried its keys',
  'record that runs by itself looked at',
  ...['alarm that rests on a word', 'word of a revoked device looked for'],
  'secrets looked for',
  ...governanceNames.filter((name) => name !== 'release_recipe' && !isOfWords(name)).map((name) => `operation ${name}`),
  'operation release_recipe (refused)',
  ...['allow', 'require_review', 'deny'].map((decision) => `policy ${decision}`),
  ...['require_review', 'deny'].map((decision) => `policy ${decision} met`),
  'policies lifted',
  ...['policy_rule', 'policy_review', 'schema_major', 'quarantined_on_arrival'].map((detail) => `held ${detail}`),
  ...['brake held', 'brake accepted', 'brake rejected'],
  ...['synced', 'partial', 'stale'].map((what) => `owner set ${what}`),
  ...['counts', 'expired', 'revoked'].map((what) => `lease ${what}`),
  ...['accept', 'reject'].map((decision) => `agent proposal ${decision}`),
  ...['secret redacted', 'secret refused'],
  ...['restored to a point', 'rolled back to another version'],
  ...['both kept', 'decision undone', 'reviews decided at once'],
  ...['upgraded in mid-run', 'migrated record looked at', 'lease looked at'],
  'mass change refused here',
];

/** The same where disks lose and refuse what is written. */
export const requiredOfStores: readonly string[] = [
  ...['log', 'history', 'record', 'setting', 'scope_entry'].map((table) => `damaged ${table}`),
  ...['disk refused', 'read while the disk refuses', 'database mended', 'mended record looked at'],
  ...['unsent change looked for', 'reasons of a state looked at', 'relay said that it has handed out everything'],
];

function isOfWords(name: string): boolean {
  return (governanceGroups.words as readonly string[]).includes(name);
}
