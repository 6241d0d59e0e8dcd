import { describeVectors } from '../../helpers/describe-vectors.ts';
import { envelopeVectors } from '../../vectors/channel-vectors.ts';
import { leaseVectors } from '../../vectors/lease-vectors.ts';

// A genesis seals boxes, and these draw their own randomness; reading one does not.
describeVectors([envelopeVectors, leaseVectors], 'lease');
