/** The closed set of engine states, in the order in which the state table looks at them. */
export const engineStates = [
  'disabled',
  'engine_disabled',
  'missing_identity',
  'missing_device_key',
  'not_configured',
  'auth_pending',
  'missing_workspace_key',
  'policy_blocked',
  'quarantined',
  'conflict_detected',
  'review_required',
  'degraded',
  'local_only',
  'network_down',
  'network_untrusted',
  'relay_unreachable',
  'engine_syncing',
  'engine_dirty',
  'engine_current',
  'healthy',
] as const;

export type EngineState = (typeof engineStates)[number];
