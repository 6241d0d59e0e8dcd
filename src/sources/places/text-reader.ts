import { type Result, err, ok } from '../../base/result.ts';
import type { Nameless, ParsedPlace, PlaceCodec, Unit } from '../../contract/place.ts';
import { textWith } from './text-with.ts';

/** What is known of an id of which no unit was read. */
export interface Aside {
  /** In words why it stands there and stays on this machine. */
  readonly why?: string;
  /** It may stand in a part that could not be taken apart. */
  readonly mayStand?: boolean;
}

/** Of these ids what is known beside the units that were read; ids of which nothing is known are left out. */
export type AsidesAmong = (ids: readonly string[]) => Promise<ReadonlyMap<string, Aside>>;

export interface ReadText {
  readonly units: readonly Unit[];
  readonly leftAlone: number;
  readonly nameless?: readonly Nameless[];
  /** Undefined where there is nothing beside them. */
  readonly asides?: AsidesAmong | undefined;
}

/** Takes texts of a place apart and changes them, wherever that is done. What fails in it is told in words. */
export interface TextReader {
  read(text: string, path: string): Promise<Result<ReadText, string>>;
  /**
   * The text with one of its units changed, added or (undefined) removed; undefined where another unit, or the unit itself,
   * would not be read again as it is meant.
   */
  next(
    text: string,
    id: string,
    unit: Uint8Array | undefined,
    path: string,
  ): Promise<Result<string | undefined, string>>;
}

/** What is known of these ids by what a codec or a place answers of each. */
export function asidesIn(
  { held, mayHold }: Pick<ParsedPlace, 'held' | 'mayHold'>,
  ids: readonly string[],
): ReadonlyMap<string, Aside> {
  const known = new Map<string, Aside>();
  for (const id of ids) {
    const why = held?.(id);
    const mayStand = mayHold?.(id) === true;
    if (why !== undefined || mayStand) {
      known.set(id, { ...(why === undefined ? {} : { why }), mayStand });
    }
  }
  return known;
}

/** Undefined for one that answers nothing. */
export function asidesOf(parsed: Pick<ParsedPlace, 'held' | 'mayHold'>): AsidesAmong | undefined {
  return parsed.held === undefined && parsed.mayHold === undefined ? undefined : async (ids) => asidesIn(parsed, ids);
}

/** A codec where it stands. */
export function codecReader(codec: PlaceCodec): TextReader {
  return {
    read: async (text, path) =>
      attempted(() => {
        const parsed = codec.parse(text, path);
        return parsed.ok ? ok({ ...parsed.value, asides: asidesOf(parsed.value) }) : parsed;
      }),
    next: async (text, id, unit, path) => attempted(() => ok(textWith(codec, text, id, unit, path))),
  };
}

/** Whatever happens in a codec is a failure of the text. */
function attempted<T>(work: () => Result<T, string>): Result<T, string> {
  try {
    return work();
  } catch (cause) {
    return err(`What takes it apart failed: ${(cause as Error).message}.`);
  }
}

interface Known {
  readonly text: string;
  readonly mark: string | undefined;
  readonly reading: Promise<Result<ReadText, string>>;
}

/** Texts of this many files are remembered: a place of many is read file by file. */
const kept = 8;

/** Takes a text apart once while it is looked at unit by unit. */
export function rememberingReader(reader: TextReader, { restsOn }: Pick<PlaceCodec, 'restsOn'> = {}): TextReader {
  const known = new Map<string, Known>();
  return {
    ...reader,
    read(text, path) {
      const before = known.get(path);
      const mark = restsOn?.(path);
      if (before?.text === text && before.mark === mark) {
        return before.reading;
      }
      const reading = reader.read(text, path);
      known.delete(path);
      if (known.size >= kept) {
        known.clear();
      }
      known.set(path, { text, mark, reading });
      return reading;
    },
  };
}
