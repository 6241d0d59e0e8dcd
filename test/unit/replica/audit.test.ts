import { describe, expect, it } from 'vitest';
import { last, setupPair } from '../../helpers/setup-pair.ts';
import { isAuditWhole } from './device-state.ts';

const node = ['workspace', 'w'] as const;

describe('the audit chain', () => {
  it('64 the audit chain verifies after everything and tells no content', () => {
    const { a, b, exchange } = setupPair();
    const word = 'xylophone';
    a.put(['shell', 's'], { kind: 'alias', name: word, body: word });
    a.put(['inbox', 'd'], { producer: word, body: word });
    a.put(node, { kind: 'task', title: word });
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    b.replica.release(last(b.held()).id);
    a.patch(node, { op: 'add', path: '/title', value: `${word} a` });
    b.patch(node, { op: 'add', path: '/title', value: `${word} b` });
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    b.replica.audit({
      ...{ eventType: 'test.event', actorId: 'urn:srcos:user:a', subjectId: 'urn:srcos:user:b', policyDomain: 'test' },
      ...{ outcome: 'informational', reasonCode: 'none', details: {} },
    });
    exchange();
    for (const device of [a, b]) {
      expect(isAuditWhole(device)).toBe(true);
      expect(device.disk.audit.head().count).toBeGreaterThan(2);
      const told = JSON.stringify([device.disk.audit.read(0, 1_000), device.events]);
      expect(told).not.toContain(word);
    }
  });
});
