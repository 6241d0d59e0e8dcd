export { pairing } from '../pairing.ts';
