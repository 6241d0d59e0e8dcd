import { err } from '../../base/result.ts';
import type { PlaceCodec } from '../../contract/place.ts';

const kept = 8;

/**
 * A codec that fails as a file does that cannot be read, whatever happens in it, and that takes a text apart once while
 * it is looked at unit by unit.
 */
export function tameCodec(codec: PlaceCodec): PlaceCodec {
  const known = new Map<string, ReturnType<PlaceCodec['parse']>>();
  return {
    ...codec,
    parse(text, path) {
      const key = `${path ?? ''}\0${text}`;
      const before = known.get(key);
      if (before !== undefined) {
        return before;
      }
      const parsed = attempted(codec, text, path);
      if (known.size >= kept) {
        known.clear();
      }
      known.set(key, parsed);
      return parsed;
    },
  };
}

function attempted(codec: PlaceCodec, text: string, path: string | undefined): ReturnType<PlaceCodec['parse']> {
  try {
    return codec.parse(text, path);
  } catch (cause) {
    return err(`What takes it apart failed: ${(cause as Error).message}.`);
  }
}
