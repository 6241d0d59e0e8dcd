import { describe, expect, it } from 'vitest';
import { staysOnDevice } from '../../../src/contract/manifest.ts';
import { engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { stateOf } from '../../../src/lifecycle/state-of.ts';
import type { Replica } from '../../../src/replica/port.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

describe('a member that lacks the key of an epoch', () => {
  const { disk: store, replica, bindings } = setupPair().a;
  const travelling = bindings.all().filter((binding) => replica.scopeOf(binding) && !staysOnDevice(binding.scope));
  const states = (held: Replica['epochKey'], of = travelling): readonly string[] =>
    of.map((binding) => {
      const facts = { binding, enabled: true, replica: { ...replica, epochKey: held }, store, around: calm };
      return stateOf(engineFacts({ ...facts, outbox: createOutbox() })).state;
    });

  it('is missing_workspace_key where it is the current one, for every engine of the scope', () => {
    expect(travelling.length).toBeGreaterThan(3);
    expect(new Set(states(() => undefined))).toEqual(new Set(['missing_workspace_key']));
  });

  it('is not, where the current one is held, nor where nothing leaves the device', () => {
    const current = replica.scopes()[0]?.state.epochs.at(-1)?.epoch;
    const held = states((scopeId, epoch) => (epoch === current ? replica.epochKey(scopeId, epoch) : undefined));
    const staying = bindings.all().filter(({ scope }) => staysOnDevice(scope));
    expect([...held, ...states(() => undefined, staying)]).not.toContain('missing_workspace_key');
  });
});
