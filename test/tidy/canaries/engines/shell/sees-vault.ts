export { vault } from '../../src/vault/vault.ts';
