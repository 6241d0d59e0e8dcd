import { describe, expect, it } from 'vitest';
import { setupApi } from './setup-api.ts';

const address = '/v1/collections/secrets/records/k';
const word = 'xylophone';
const secret = { label: 'key of the house', value: word };

describe('secrets', () => {
  it('go in, and no answer, list, history, event or audit row holds the value', async () => {
    const { call, a, events } = setupApi();
    const answers = [
      await call('PUT', address, secret),
      await call('GET', address),
      await call('PATCH', address, { label: 'another' }),
      await call('GET', '/v1/collections/secrets/records'),
      await call('GET', `${address}/history`),
      await call('GET', `${address}/explain`),
      await call('GET', '/v1/audit'),
      await call('PUT', address, { value: 7 }),
      await call('POST', '/v1/collections/secrets/records', { items: [{ id: 'k', fields: secret }] }),
      await call('DELETE', address),
    ];
    for (const answer of answers) {
      expect(answer.body).not.toContain(word);
    }
    expect(answers[3]?.json().items).toMatchObject([{ id: 'k', fields: { label: 'another' }, state: 'live' }]);
    expect(JSON.stringify([a.events, events.since(0), a.disk.audit.read(0, 100)])).not.toContain(word);
    expect(a.appended).toEqual([]);
  });

  it('V1 are audited by reference when they are put in, changed, revealed and forgotten, and not when refused', async () => {
    const { call, a } = setupApi();
    const told = (): readonly unknown[] =>
      a.disk.audit
        .read(0, 100)
        .flatMap((row) =>
          typeof row === 'object' && row.policyDomain === 'secrets'
            ? [[row.eventType, row.subjectId, row.actorId === a.replica.self, row.details]]
            : [],
        );
    await call('DELETE', address);
    await call('PUT', address, { label: 'without a value' });
    expect(told()).toEqual([]);
    await call('PUT', address, secret);
    await call('PATCH', address, { label: 'another' });
    await call('POST', '/v1/secrets/k/reveal');
    await call('DELETE', address);
    const ref = 'urn:srcos:secret:k';
    expect(told()).toEqual([
      ['graph.write.accepted', ref, false, {}],
      ['graph.write.accepted', ref, false, {}],
      ['secret.lease.issued', ref, false, {}],
      ['secret.lease.revoked', ref, false, {}],
    ]);
  });

  it('need a label and a value: 422', async () => {
    const { call } = setupApi();
    for (const fields of [{}, { label: 'x' }, { value: word }, { label: 5, value: word }]) {
      const answer = await call('PUT', address, fields);
      expect(answer.statusCode).toBe(422);
      expect(answer.body).not.toContain(word);
    }
    expect((await call('PUT', address, [])).statusCode).toBe(400);
  });

  it('that are not there: 404', async () => {
    const { call } = setupApi();
    expect((await call('GET', address)).statusCode).toBe(404);
    expect((await call('DELETE', address)).statusCode).toBe(404);
  });
});
