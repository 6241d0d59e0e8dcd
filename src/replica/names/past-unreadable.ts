import { type Refusal, refuse } from '../../contract/verdict.ts';

export const pastUnreadable: Refusal = refuse(
  'quarantine',
  'signature_invalid',
  'row_damaged',
  'An earlier change of the record cannot be read from the log here, so this one was not merged. Look for damage with: sourcesync store verify',
);
