/** Why a home is closed: its keys are locked, or its database is made anew of what can be read. */
export type LockCause = 'keys' | 'damage';
