import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formsOf, sightings, tapStore, textOf } from '../../helpers/canaries.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';

const secrets = ['github', 'private_key', 'database-connection-string'].map(
  (wanted) => plantedSecrets.find(([rule]) => rule === wanted)?.[1] as string,
);

describe('the search for canaries', () => {
  it.each(secrets)('finds %s in every form, wherever it stands', (secret) => {
    const around = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        for (const [name, texts] of formsOf(secret)) {
          for (const text of texts) {
            expect(sightings(`${before}${text}${after}`, secret)).toContain(name);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each(secrets)('finds %s in what a program encoded together with other bytes', (secret) => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
        const bytes = Buffer.from(`${before}${secret}${after}`, 'utf8');
        expect(sightings(bytes.toString('base64'), secret)).toContain('base64');
        expect(sightings(bytes.toString('base64url'), secret)).toContain('base64url');
        expect(sightings(bytes.toString('hex'), secret)).toContain('hex');
        expect(sightings(JSON.stringify({ a: [`${before}${secret}${after}`] }), secret)).toContain('JSON');
        expect(sightings(textOf([{ deep: new Map([['a', bytes]]) }]), secret)).toContain('utf-8');
      }),
      { numRuns: 20 },
    );
  });

  it.each(secrets)('finds nothing of %s in its neighbours', (secret) => {
    const others = secrets.filter((other) => other !== secret);
    for (const [, texts] of others.flatMap(formsOf)) {
      expect(sightings(texts.join(' '), secret)).toEqual([]);
    }
  });

  it('sees what is written to a store, and not what the vault keeps', () => {
    const tap = tapStore();
    const store = tap.wrap(createMemoryStore());
    store.settings.set('seen', { deep: ['word of a setting'] });
    store.vault.put('k' as never, { value: 'word of the vault' });
    store.settings.get('word of a question');
    expect(tap.text()).not.toContain('word of a question');
    expect([tap.text().includes('word of a setting'), tap.text().includes('word of the vault')]).toEqual([true, false]);
  });
});
