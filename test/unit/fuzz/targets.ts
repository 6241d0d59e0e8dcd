import type { FuzzTarget } from '../../helpers/fuzz.ts';
import { batchTargets } from './batch-targets.ts';
import { homeTargets } from './home-targets.ts';
import { leaseTargets } from './lease-targets.ts';
import { membershipTargets } from './membership-targets.ts';
import { pairingTargets } from './pairing-targets.ts';
import { wireTargets } from './wire-targets.ts';

/** Every object that comes from a stranger: over the wire, from a file, or through the local API. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...batchTargets,
  ...membershipTargets,
  ...leaseTargets,
  ...pairingTargets,
  ...wireTargets,
  ...homeTargets,
];
