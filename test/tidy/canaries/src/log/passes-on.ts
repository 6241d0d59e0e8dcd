export { vault } from '../vault/vault.ts';
