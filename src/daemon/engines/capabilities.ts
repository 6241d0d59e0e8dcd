import { maximumEditorsOfRecord } from '../../api/live/live-channel.ts';
import type { CapabilitiesBody } from '../../api/types/bodies.ts';
import { mergeStrategies } from '../../contract/manifest.ts';
import { maximumUpdateBytes } from '../../merge/crdt/crdt-update.ts';
import { defaultLargestFileBytes } from '../ground/config.ts';
import { features } from './features.ts';
import { packageVersion } from '../ground/package-root.ts';

/** What this build supports, and its limits. */
export function capabilities(): CapabilitiesBody {
  return {
    version: packageVersion,
    protocol: 'srcos/v1',
    suites: [1],
    strategies: mergeStrategies.map((name) => ({ name, provided: true, note: null })),
    limits: {
      bulkItems: 5000,
      recordIdBytes: 512,
      valueBytes: 1_450_000,
      fileBytes: defaultLargestFileBytes,
      updateBytes: maximumUpdateBytes,
      editorsOfRecord: maximumEditorsOfRecord,
      batchBytes: 1536 * 1024,
    },
    commands: {
      'audit.prove': true,
      'devices.revoke': true,
      'engines.plan': true,
      'keys.rotate': true,
      'lease.grant': true,
      'owners.ls': true,
      'policy.set': true,
      'proof.verify': true,
      'records.prove': true,
      'records.rollback': true,
      'recovery.restore': true,
      'reviews.merge': true,
      'secrets.get': true,
      push: true,
      scan: true,
    },
    features,
    schemas: { manifest: 'SyncEngineManifest', record: '0.1.0' },
  };
}
