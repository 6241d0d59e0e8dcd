import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { mark } from '../../../src/crypto/hash.ts';
import { setupApi } from './setup-api.ts';

const address = '/v1/collections/secrets/records/k';
const word = 'xylophone';

describe('/v1/secrets', () => {
  it('lists what there is without values, and reveals one to an envelope, audited by id alone', async () => {
    const { call, a, events } = setupApi();
    await call('PUT', address, { label: 'house', value: word, kind: 'password' });
    const listed = await call('GET', '/v1/secrets');
    expect(listed.json()).toEqual({
      items: [{ id: 'k', ref: 'urn:srcos:secret:k', label: 'house', kind: 'password', notes: null }],
      nextCursor: null,
    });
    const revealed = await call('POST', '/v1/secrets/k/reveal');
    expect(revealed.json()).toMatchObject({ id: 'k', value: word });
    expect(revealed.headers['cache-control']).toBe('no-store');
    const audit = a.disk.audit.read(0, 100);
    expect(audit).toContainEqual(
      expect.objectContaining({ eventType: 'secret.lease.issued', subjectId: 'urn:srcos:secret:k', outcome: 'allow' }),
    );
    expect(JSON.stringify([audit, a.events, events.since(0), listed.body])).not.toContain(word);
  });

  it('says which values it has to who knows them already, with an envelope, and tells none', async () => {
    const { api, call } = setupApi();
    await call('PUT', address, { label: 'house', value: `${word}\n` });
    const key = new Uint8Array(32).fill(7);
    const marks = ['other', word, `${word}\n`].map((text) => base64urlFromBytes(mark(key, text)));
    const question = { key: base64urlFromBytes(key), marks };
    const answer = await call('POST', '/v1/secrets/held', question);
    expect([answer.json(), answer.body.includes(word)]).toEqual([{ ids: [null, 'k', 'k'] }, false]);
    const headers = { host: 'localhost', authorization: 'Bearer the-token-of-this-home' };
    const bare = await api.inject({ method: 'POST', url: '/v1/secrets/held', headers, payload: question });
    expect(bare.statusCode).toBeGreaterThanOrEqual(400);
    for (const wrong of [{}, { ...question, key: 'x' }, { ...question, marks: [5] }, { ...question, marks: 'x' }]) {
      expect((await call('POST', '/v1/secrets/held', wrong)).statusCode).toBe(400);
    }
    const many = { ...question, marks: Array.from({ length: 2049 }, () => 'x') };
    expect((await call('POST', '/v1/secrets/held', many)).statusCode).toBe(400);
  });

  it('reveals nothing without an envelope, and says so', async () => {
    const { api, call } = setupApi();
    await call('PUT', address, { label: 'house', value: word });
    const answer = await api.inject({
      method: 'POST',
      url: '/v1/secrets/k/reveal',
      headers: { host: 'localhost', authorization: 'Bearer the-token-of-this-home' },
    });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain(word);
  });

  it('of one that is not there: 404', async () => {
    const { call } = setupApi();
    expect((await call('POST', '/v1/secrets/k/reveal')).statusCode).toBe(404);
  });

  it.each([
    ['an empty value', { label: 'x', value: '' }, 'empty'],
    ['a value that is too large', { label: 'x', value: word.repeat(40_000) }, 'bytes'],
    ['an empty label', { label: '', value: word }, '1 to 128'],
    ['a label with a control character', { label: 'a\u001b[2J', value: word }, 'control'],
    ['a long label', { label: 'a'.repeat(129), value: word }, '1 to 128'],
  ])('takes no %s: 422, in words, and keeps nothing', async (_what, fields, words) => {
    const { call, a } = setupApi();
    const answer = await call('PUT', address, fields);
    expect([answer.statusCode, answer.body.includes(word)]).toEqual([422, false]);
    expect(answer.json().detail).toContain(words);
    expect(a.disk.vault.list()).toEqual([]);
  });
});
