import type { RecordId } from '../../src/base/ids.ts';
import { createVault } from '../../src/vault/vault.ts';
import { type GovernedOperation, type GovernedTurn, rowAt, recipeOf } from './governed-turn.ts';
import { recipes } from './state-hash.ts';
import { canaryMark, writeOf } from './turn.ts';

const id = 'k1';

export const secretWork = {
  /** The whole value is a secret: a reference takes its place, or the write is refused, as configured. */
  write_secret: (process, turn) => {
    const { device, report, counters } = turn;
    const secret = rawSecret(turn);
    const [result] = process.replica.edit(recipes, [
      writeOf(id, { kind: 'put', fields: { ...recipeOf(turn), key: secret } }),
    ]);
    counters.hit(`secret ${result?.ok === true ? 'redacted' : 'refused'}`);
    if (result?.ok === true) {
      const urn = JSON.stringify(rowAt(device, recipes, id)?.fields?.['key'] ?? null);
      const kept = createVault(device.disk.vault).reveal((/:([a-z0-9]+)"/.exec(urn)?.[1] ?? '') as RecordId);
      if (device.settings.secretMode === 'refuse' || kept !== secret) {
        report(14, `device ${device.index}: a secret that was written is not in the vault: ${urn}`);
      }
    }
    return true;
  },
  write_secret_in_text: (process, turn) => {
    const [result] = process.replica.edit(recipes, [
      writeOf(id, { kind: 'put', fields: { ...recipeOf(turn), note: `use ${rawSecret(turn)} for it` } }),
    ]);
    if (result?.ok === true) {
      turn.report(14, `device ${turn.device.index}: a secret in the middle of a text was written`);
    }
    return result?.ok === false;
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** Looks like a token of a forge, and can be told from every other. */
function rawSecret({ ledger }: GovernedTurn): string {
  const body = `${canaryMark}${ledger.nextToken++}x`;
  ledger.canaries.push(body);
  return `gh${'p'}_${body.padEnd(36, '0')}`;
}
