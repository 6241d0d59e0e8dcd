/** What a change does to its record; the operations of the SourceGraphWrite contract. */
export const operations = ['put', 'patch', 'delete', 'tombstone', 'command'] as const;
export type Operation = (typeof operations)[number];

export const managers = ['user', 'app', 'service', 'seed', 'system'] as const;
export type ManagedBy = (typeof managers)[number];
