import type { Random } from './random.ts';

/**
 * Lets what draws from the platform (sealed boxes draw an ephemeral key inside libsodium) draw from a seed's stream
 * while `work` runs, so that wraps are real, can be opened, and are equal for equal seeds.
 */
export function withEntropyOf<T>(random: Random, work: () => T): T {
  const { crypto } = globalThis;
  const real = Object.getOwnPropertyDescriptor(crypto, 'getRandomValues');
  Object.defineProperty(crypto, 'getRandomValues', {
    configurable: true,
    value: <A extends ArrayBufferView>(into: A): A => {
      new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(random.bytes(into.byteLength));
      return into;
    },
  });
  try {
    return work();
  } finally {
    if (real === undefined) {
      Reflect.deleteProperty(crypto, 'getRandomValues');
    } else {
      Object.defineProperty(crypto, 'getRandomValues', real);
    }
  }
}
