import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Held, PlaceCodec, UnitFiles } from '../../../src/contract/place.ts';
import { isFitKey } from './part-names.ts';
import { whyItStays } from './private-text.ts';
import { isGone } from './text-sections.ts';
import { type MemoryFile, isOfAgent, memoryOf, memoryText, plainValue, readMemory, withMemory } from './whole-file.ts';

/** What one kind of folder says of the memories in it. */
export interface MemoryPlace {
  /** The first name of the ids. */
  readonly name: string;
  readonly kind: string;
  readonly home: string;
  readonly files: UnitFiles;
  /** Undefined for a file that cannot be told from others on another machine. */
  idOf(path: string, name: string | undefined): string | undefined;
  /** Of a file of which nobody can tell what it is, or whose: what may stand there. */
  heldIn(path: string, name: string | undefined): Held;
  /** What the id says: whose memory it is. */
  fieldsOf(id: string): JsonObject;
}

/** A file is one memory: its front matter by key, and its text. */
export function memoryCodec(place: MemoryPlace): PlaceCodec {
  const { home, files } = place;
  const whyHere = (id: string, { head, text }: MemoryFile): string | undefined =>
    isFitKey(id)
      ? whyItStays([...Object.entries(head).map((entry) => entry.join(': ')), text].join('\n'), home)
      : 'no record can be called so';
  return {
    each: files,
    parse(text, path = '') {
      const memory = readMemory(text);
      const isEmpty = memory !== undefined && memory.text === '' && Object.keys(memory.head).length === 0;
      const id = memory && place.idOf(path, plainValue(memory.head, 'name'));
      if (isEmpty) {
        return ok({ units: [], leftAlone: 0 });
      }
      if (memory === undefined || id === undefined) {
        const held = place.heldIn(path, /^name:(.*)$/m.exec(text)?.[1]?.trim());
        return ok({ units: [], leftAlone: 1, held });
      }
      const why = whyHere(id, memory);
      return why === undefined
        ? ok({ units: [{ id, text: memoryText(memory) }], leftAlone: 0 })
        : ok({ units: [], leftAlone: 1, held: (other) => (other === id ? why : undefined) });
    },
    set(text, _id, unit) {
      const wanted = memoryOf(JSON.parse(unit) as JsonValue);
      return wanted === undefined ? text : withMemory(text, wanted);
    },
    remove: () => '',
    fieldsOf(id, unit): JsonObject {
      const memory = memoryOf(JSON.parse(unit) as JsonValue) ?? { head: {}, text: '' };
      const isAgents = isOfAgent(memory.head);
      return {
        ...{
          kind: place.kind,
          app: place.name,
          head: memory.head,
          text: memory.text,
          provenance: `place:${place.name}`,
        },
        ...(isAgents ? { writtenBy: 'agent', lifecycle: 'proposed' } : { lifecycle: 'observed' }),
        ...place.fieldsOf(id),
      };
    },
    unitOf(id, fields) {
      const { kind, app, lifecycle, head = {}, text } = fields;
      const memory = memoryOf({ head, text: text ?? null });
      const isOurs = id.startsWith(`${place.name}/`) && kind === place.kind && app === place.name;
      return isOurs &&
        memory !== undefined &&
        !isGone(lifecycle) &&
        whyHere(id, memory) === undefined &&
        files.fileOf(id) !== undefined
        ? memoryText(memory)
        : undefined;
    },
    isOut: (id, { lifecycle }) => id.startsWith(`${place.name}/`) && isGone(lifecycle),
  };
}
