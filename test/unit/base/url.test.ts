import { describe, expect, it } from 'vitest';
import { parseUrl } from '../../../src/base/url.ts';

describe('parseUrl', () => {
  it('reads an address, and answers nothing for what is none', () => {
    expect(parseUrl('wss://relay.example:8443/x')?.host).toBe('relay.example:8443');
    expect([parseUrl(''), parseUrl('relay.example'), parseUrl('ws://')]).toEqual([undefined, undefined, undefined]);
  });

  it('never throws, also after thousands of calls on a text that Node reads otherwise once it is compiled', () => {
    const text = Buffer.from('7773733a2f21d0911c', 'hex').toString('latin1');
    const answers = new Set<unknown>();
    for (let call = 0; call < 20_000; call++) {
      answers.add(parseUrl(text));
    }
    expect([...answers]).toEqual([undefined]);
  });
});
