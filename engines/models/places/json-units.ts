import { nestingDepth, maximumDepth } from '../../../src/base/canonical-json.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import type { ParsedPlace, PlaceCodec, Unit } from '../../../src/contract/place.ts';
import { membersAt, withChanges, withMember } from '../../../src/merge/texts/json-members.ts';
import { whyInWords, whyKeptHere } from './kept-here.ts';
import { partsOfId, unitId } from './unit-names.ts';
import { recordOf, unitOfRecord } from './unit-record.ts';

/** Objects in the file of an application of which members are units. */
export interface JsonShape {
  readonly app: string;
  readonly objects: readonly JsonUnits[];
}

interface JsonUnits {
  /** Names that lead to the object; none for the file itself. */
  readonly at: readonly string[];
  readonly kind: string;
  /** True for a member that is ours; the others are of other engines, or of nobody. */
  readonly isOurs: (name: string) => boolean;
}

const longestText = 1024 * 1024;

export function jsonUnits(shape: JsonShape, home: string): PlaceCodec {
  return {
    parse(text): Result<ParsedPlace, string> {
      if (text.length > longestText || nestingDepth(text) > maximumDepth) {
        return err('It is larger than 1 MiB, or nested too deep.');
      }
      const units: Unit[] = [];
      const kept = new Map<string, string>();
      let leftAlone = 0;
      for (const object of shape.objects) {
        const members = membersAt(text, object.at);
        if (!members.ok) {
          return members;
        }
        for (const [name, value] of [...members.value].filter(([one]) => object.isOurs(one))) {
          const id = idOf(shape.app, object, name);
          const why = whyKeptHere(JSON.parse(value) as JsonValue, home, name);
          if (id === undefined || why !== undefined) {
            leftAlone++;
            kept.set(id ?? '', whyInWords(why));
          } else {
            units.push({ id, text: value });
          }
        }
      }
      return ok({ units, leftAlone, held: (id) => kept.get(id) });
    },
    set(text, id, unit) {
      const path = pathOf(shape, id);
      return path === undefined ? text : changed(text, path, JSON.parse(unit) as JsonValue);
    },
    remove(text, id) {
      const path = pathOf(shape, id);
      return path === undefined ? text : withMember(text, path, undefined);
    },
    fieldsOf: (id, unit) => recordOf(shape.app, id, unit),
    unitOf: (id, fields) => (pathOf(shape, id) === undefined ? undefined : unitOfRecord(shape.app, id, fields, home)),
  };
}

/** Member by member, so that comments within it stay. */
function changed(text: string, path: readonly string[], value: JsonValue): string {
  const members = membersAt(text, path.slice(0, -1));
  const before = members.ok ? members.value.get(path.at(-1) ?? '') : undefined;
  return withChanges(text, path, before === undefined ? undefined : (JSON.parse(before) as JsonValue), value);
}

/** A setting is named with what it stands in, a provider by its own name. */
function idOf(app: string, { at, kind }: JsonUnits, name: string): string | undefined {
  return unitId(app, kind, kind === 'setting' ? [...at, name].join('.') : name);
}

function pathOf({ app, objects }: JsonShape, id: string): readonly string[] | undefined {
  const { place, kind, name } = partsOfId(id);
  for (const { at, kind: ofKind, isOurs } of place === app ? objects : []) {
    const prefix = ofKind === 'setting' && at.length > 0 ? `${at.join('.')}.` : '';
    const own = name.slice(prefix.length);
    if (ofKind === kind && name.startsWith(prefix) && isOurs(own)) {
      return [...at, own];
    }
  }
  return undefined;
}
