/** What makes a scan fail, each with everything before it. */
export const failLevels = ['never', 'invalid', 'partial', 'warning', 'missing'] as const;
export type FailLevel = (typeof failLevels)[number];
