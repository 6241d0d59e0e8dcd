import { type Refusal, refuse } from '../../contract/verdict.ts';

/** What every use of a record is answered whose stored row does not open. */
export const rowDamaged: Refusal = refuse(
  'quarantine',
  'signature_invalid',
  'row_damaged',
  'The stored record is damaged. Rebuild it from the log with: sourcesync store rebuild --execute',
);
