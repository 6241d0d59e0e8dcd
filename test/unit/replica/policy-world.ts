import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { decision } from '../policy/terms.ts';

export const deny = decision('deny');

export const allow = decision('allow');

export const node = ['workspace', 'w'] as const;

export const task = (title: string): JsonObject => ({ kind: 'task', title });

export interface World extends Devices {
  /** Holds every authority; the others hold none. */
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly c: TestDevice;
  /** As the daemon of each does when policy has changed. */
  judgeAgain(): void;
  /** The next generation of the org's document, by a, known to everybody. */
  rule(rules: Readonly<Record<string, JsonValue>>): void;
}

export function setup(): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  for (const device of devices.all) {
    rebind(device, 'policy', { scope: 'workspace' });
  }
  let generation = 0;
  const judgeAgain = (): void => {
    for (const device of devices.all) {
      device.replica.policyChanged();
    }
  };
  return {
    ...devices,
    ...{ a, b, c, judgeAgain },
    rule(rules) {
      generation += 1;
      a.put(['policy', 'org'], { layer: 'org', generation, rules });
      devices.exchange();
      judgeAgain();
    },
  };
}

/** Policy changes of another build, or of somebody without authority, as they arrive. */
export function arriving(
  { workspace }: World,
  by: TestDevice,
  to: TestDevice,
  change: Parameters<typeof craftChange>[0],
): void {
  const after = by.disk.log.heads(workspace).get(by.keys.deviceId) ?? null;
  const records = [craftChange({ collection: 'policy', objectId: 'org', ...change })];
  to.replica.receive(workspace, [craftBatch({ by, scopeId: workspace, after, records }).bytes]);
}
