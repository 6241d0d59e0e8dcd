interface Page {
  /** What was acknowledged last; undefined before anything was. */
  acknowledged: string | undefined;
  isFile: boolean;
  /** Tried since, without an answer that says whether it was taken. */
  readonly unsure: Set<string>;
}

/** What people were told is stored, by id. Each id is written by one device alone. */
export interface Book {
  readonly size: number;
  acknowledged(id: string, text: string): void;
  /** What was saved in a file: it may be merged with another text, and must stand in it. */
  saved(id: string, text: string): void;
  unsure(id: string, text: string): void;
  /** What must be shown under an id; undefined before anything was acknowledged. */
  textOf(id: string): string | undefined;
  /** Ids of which a device shows something else than it must. */
  lostIn(shown: ReadonlyMap<string, string>): readonly string[];
}

export function createBook(): Book {
  const pages = new Map<string, Page>();
  const pageOf = (id: string): Page => {
    const page = pages.get(id) ?? { acknowledged: undefined, isFile: false, unsure: new Set() };
    pages.set(id, page);
    return page;
  };
  return {
    get size(): number {
      return [...pages.values()].filter(({ acknowledged }) => acknowledged !== undefined).length;
    },
    acknowledged(id, text) {
      const page = pageOf(id);
      page.acknowledged = text;
      page.unsure.clear();
    },
    saved(id, text) {
      Object.assign(pageOf(id), { acknowledged: text, isFile: true });
    },
    unsure: (id, text) => void pageOf(id).unsure.add(text),
    textOf: (id) => pages.get(id)?.acknowledged,
    lostIn: (shown) =>
      [...pages].flatMap(([id, { acknowledged, isFile, unsure }]) => {
        const text = shown.get(id);
        const isThere =
          text === acknowledged ||
          (text !== undefined && (unsure.has(text) || (isFile && text.includes(acknowledged ?? ''))));
        return acknowledged === undefined || isThere ? [] : [id];
      }),
  };
}
