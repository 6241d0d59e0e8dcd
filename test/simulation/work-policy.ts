import type { JsonObject } from '../../src/base/json.ts';
import { syncedLayers } from '../../src/policy/document.ts';
import { decisions } from '../../src/policy/lattice.ts';
import { type GovernedOperation, type GovernedTurn, rowAt } from './governed-turn.ts';
import type { Process } from './process.ts';
import { write } from './turn.ts';

/** Collections that rules speak of. */
export const ruled = ['workspace', 'recipes', 'shell', 'presence', 'memory'] as const;
/** Generations begin where their number of digits changes: whoever compares them as text is wrong soon. */
const firstGeneration = 8;

export const policyWork = {
  write_policy: (process, turn) => writePolicy(process, turn, drawRules(turn)),
  weaken_policy: (process, turn) => writePolicy(process, turn, {}),
  set_floor: (process, turn) => {
    const { device, random } = turn;
    device.settings.policyFloor = random.chance(0.4) ? {} : { ...drawRules(turn), ...drawOddRule(turn) };
    process.lookAtPolicy();
    return true;
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

function writePolicy(process: Process, turn: GovernedTurn, rules: JsonObject): boolean {
  const { device, random } = turn;
  const layer = random.pick(syncedLayers);
  const id = `${layer}-${random.below(2)}`;
  const held = rowAt(device, 'policy', id)?.fields?.['generation'];
  const generation = typeof held === 'number' ? held + random.below(3) : firstGeneration + random.below(3);
  const written = write(process, 'policy', id, { kind: 'put', fields: { layer, generation, rules } });
  process.lookAtPolicy();
  return written;
}

function drawRules({ random }: GovernedTurn): JsonObject {
  const rules = Array.from({ length: 1 + random.below(2) }, () => {
    const family = random.pick(['write', 'write', 'engine', 'agent.write']);
    const name = random.chance(0.2) ? '*' : random.pick(ruled);
    return [`${family}.${name}`, { kind: 'decision', value: random.pick(decisions) }] as const;
  });
  return Object.fromEntries(rules);
}

/** A configuration may say what no build understands: that denies. */
function drawOddRule({ random }: GovernedTurn): JsonObject {
  return random.chance(0.15) ? { [`write.${random.pick(ruled)}`]: { kind: 'decision', value: 'perhaps' } } : {};
}
