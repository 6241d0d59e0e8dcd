export { sealed } from '../crypto/seal.ts';
