import type { JsonObject } from '../../src/base/json.ts';
import type { Decision } from '../../src/policy/lattice.ts';
import type { Family } from '../../src/policy/vocabulary.ts';
import type { Device } from './device.ts';
import { liveRows } from './governed-turn.ts';

/** From the weakest to the strongest, written a second time and apart from the product. */
const strength: Readonly<Record<Decision, number>> = { allow: 0, require_review: 1, deny: 2 };

/** What the floor and every document on a disk say together: the strongest word that is about the question. */
export function expectedDecision(device: Device, family: Family, name: string): Decision {
  const documents = liveRows(device, 'policy').map(({ fields }) => fields?.['rules'] as JsonObject);
  const words = [device.settings.policyFloor, ...documents].flatMap((rules) =>
    [`${family}.${name}`, `${family}.*`].flatMap((key) => (Object.hasOwn(rules, key) ? [wordOf(rules[key])] : [])),
  );
  return words.reduce<Decision>((held, word) => (strength[word] > strength[held] ? word : held), 'allow');
}

/** What is no decision denies. */
function wordOf(rule: unknown): Decision {
  const value = (rule as { readonly value?: unknown }).value;
  return typeof value === 'string' && Object.hasOwn(strength, value) ? (value as Decision) : 'deny';
}
