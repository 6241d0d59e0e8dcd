import { describeVectors } from '../../helpers/describe-vectors.ts';
import { chunkVectors } from '../../vectors/chunk-vectors.ts';

describeVectors([chunkVectors], '');
