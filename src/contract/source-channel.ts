/** Commands that need a signed envelope, whoever asks. Closed. Source: the SourceChannel contract, critical risk. */
export const privilegedCommands = [
  'sync.collection.wipe',
  'workspace.replace.local',
  'agent.lease.grant',
  'policy.bundle.update',
  'secret.lease.issue',
  'device.command.remote',
] as const;
export type PrivilegedCommand = (typeof privilegedCommands)[number];

/** The product that a request comes from. Source: the SourceChannel contract. */
export const surfaces = [
  'prophet-workspace',
  'turtleterm',
  'bearbrowser',
  'agent-term',
  'mcp',
  'daemon',
  'admin-console',
  'other',
] as const;
export type Surface = (typeof surfaces)[number];
