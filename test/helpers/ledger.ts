import { join } from 'node:path';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

/** Where the manifest of a ledger lies: append_only, and of entries that its members write, as those of the audit are not. */
export const ledgerFolder: string = join(packageRoot, 'test', 'fixtures', 'ledger');
