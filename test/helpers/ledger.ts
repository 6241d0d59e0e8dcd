import { fileURLToPath } from 'node:url';

/** Where the manifest of a ledger lies: append_only, and of entries that its members write, as those of the audit are not. */
export const ledgerFolder: string = fileURLToPath(new URL('../fixtures/ledger', import.meta.url));
