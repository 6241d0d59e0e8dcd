import { describeVectors } from '../../helpers/describe-vectors.ts';
import { vectorSets } from '../../vectors/vectors.ts';

// A compressed body depends on the version of zlib that wrote it; reading it does not.
describeVectors(vectorSets, 'batch-open');
