import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/contract/audit.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { isAuditWhole } from './device-state.ts';

function noted(device: TestDevice, eventType: string): readonly AuditEvent[] {
  return device.disk.audit
    .read(0, 1_000)
    .flatMap((event) => (typeof event !== 'string' && event.eventType === eventType ? [event] : []));
}

describe('what engines call their changes in the audit', () => {
  it('261 a change of the shell is noted where it becomes live, and not while it waits', () => {
    const { a, b, exchange } = setupPair();
    a.put(['shell', 'll'], { kind: 'alias', name: 'll', body: 'ls -l' });
    exchange();
    expect(noted(a, 'shell.profile.changed')).toHaveLength(1);
    expect(noted(b, 'shell.profile.changed')).toHaveLength(0);
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    expect(noted(b, 'shell.profile.changed')).toHaveLength(1);
    expect(noted(a, 'shell.profile.changed')).toHaveLength(1);
    a.put(['shell', 'll'], { kind: 'alias', name: 'll', body: 'ls -l' });
    a.remove(['shell', 'll']);
    expect(noted(a, 'shell.profile.changed')).toHaveLength(2);
    const [event] = noted(b, 'shell.profile.changed') as [AuditEvent];
    expect(event).toMatchObject({ policyDomain: 'shell', outcome: 'informational', reasonCode: 'none' });
    expect(JSON.stringify(event)).not.toContain('ls -l');
    expect(isAuditWhole(a) && isAuditWhole(b)).toBe(true);
  });

  it('261 a change of a route between models is noted, of another record of models not', () => {
    const { a } = setupPair();
    const model = { name: 'm', local: true, enabled: true };
    a.put(['models', 'one'], { ...model, kind: 'model' });
    a.put(['models', 'two'], { ...model, kind: 'provider' });
    expect(noted(a, 'model.route.changed')).toHaveLength(0);
    a.put(['models', 'three'], { ...model, kind: 'route' });
    a.put(['models', 'one'], { ...model, kind: 'route' });
    a.put(['models', 'one'], { ...model, kind: 'model' });
    a.remove(['models', 'three']);
    expect(noted(a, 'model.route.changed')).toHaveLength(4);
  });
});
