import { canonicalText } from '../../base/canonical-json.ts';
import { parseRecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { DeclaredPlace } from '../../contract/manifest.ts';
import type { Place, PlaceCodec, Unit } from '../../contract/place.ts';
import { isOneChange } from './one-change.ts';
import type { ScriptCall } from './script-call.ts';
import { wordsOfFault } from './script-fault.ts';
import { createScriptThread } from './script-thread.ts';

/** A file that a script of others takes apart. */
export type ScriptedPlace = DeclaredPlace & Pick<ScriptCall, 'script' | 'source'>;

export interface ScriptPlace extends Place {
  readonly script: ScriptedPlace;
}

/** Waits for its answers, so it belongs to the thread of the places; the daemon asks it for nothing but records. */
export function scriptPlace(script: ScriptedPlace): ScriptPlace {
  const fileOf = ({ home }: { readonly home: string }): string => home + script.file.slice(1);
  return {
    ...{ name: script.name, script, hookLine: undefined },
    files: (surroundings) => [fileOf(surroundings)],
    newUnits: fileOf,
    open: async () => codecOf(script),
  };
}

const thread = createScriptThread();

/** The units that the script knows of, each an id and the fields of its record. */
function codecOf(script: ScriptedPlace): PlaceCodec {
  const prefix = `${script.name}/`;
  let isBegun = false;
  const unitOf = (id: string, fields: JsonObject): string | undefined =>
    id.startsWith(prefix) ? canonicalText(fields) : undefined;

  function ask(does: 'parse' | 'render', ...given: readonly JsonValue[]): JsonValue {
    const { script: path, source, name } = script;
    if (!isBegun) {
      // What it does first takes long on a machine that is busy: it has its own time.
      thread.run({ script: path, source });
    }
    const answer = thread.run({ script: path, source, place: { name, does, given: JSON.stringify(given) } });
    isBegun = answer.ok || answer.fault.kind !== 'deadline';
    const parsed = answer.ok ? parseExact(answer.text) : undefined;
    if (!answer.ok || parsed?.ok !== true) {
      throw new Error(`the script ${path}: ${wordsOfFault(answer.ok ? { kind: 'answer' } : answer.fault)}`);
    }
    return parsed.value;
  }

  function unitsIn(text: string): readonly Unit[] {
    const found = ask('parse', text);
    const units = Array.isArray(found) ? found.map((one: JsonValue) => unitFrom(one, prefix)) : [undefined];
    const ids = new Set(units.map((unit) => unit?.id));
    if (units.includes(undefined) || ids.size !== units.length) {
      throw new Error(
        `the script ${script.script} answers no list of units { id: "${prefix}…", fields: { … } }, each id once`,
      );
    }
    return units as readonly Unit[];
  }

  function rendered(text: string, units: readonly Unit[]): string {
    const next = ask(
      'render',
      text,
      units.map(({ id, text: fields }) => ({ id, fields: JSON.parse(fields) as JsonValue })),
    );
    if (typeof next !== 'string') {
      throw new Error(`the script ${script.script} renders no text`);
    }
    return next;
  }

  /** What the script says is checked: it is not the judge of what it leaves alone. */
  function changed(text: string, id: string, unit: string | undefined): string {
    const before = unitsIn(text);
    const without = (units: readonly Unit[]): readonly Unit[] => units.filter((one) => one.id !== id);
    const isThere = before.some((one) => one.id === id);
    const after =
      unit === undefined
        ? without(before)
        : isThere
          ? before.map((one) => (one.id === id ? { id, text: unit } : one))
          : [...before, { id, text: unit }];
    const next = rendered(text, after);
    const isLawful =
      rendered(text, before) === text &&
      isOneChange({ text, next, isThere, isGone: unit === undefined }, (of) => rendered(of, without(unitsIn(of))));
    if (!isLawful) {
      throw new Error(`the script ${script.script} changes more than the unit ${id}`);
    }
    return next;
  }

  return {
    parse(text): Result<{ units: readonly Unit[]; leftAlone: number }, string> {
      const units = unitsIn(text);
      return rendered(text, units) === text
        ? ok({ units, leftAlone: 0 })
        : err(`The script ${script.script} does not give the same text for the same units. Correct the script.`);
    },
    set: changed,
    remove: (text, id) => changed(text, id, undefined),
    fieldsOf: (_id, unit) => JSON.parse(unit) as JsonObject,
    unitOf,
  };
}

function unitFrom(one: JsonValue, prefix: string): Unit | undefined {
  if (!isJsonObject(one)) {
    return undefined;
  }
  const { id, fields } = one;
  const isUnit = typeof id === 'string' && id.startsWith(prefix) && parseRecordId(id) !== undefined;
  return isUnit && fields !== undefined && isJsonObject(fields) ? { id, text: canonicalText(fields) } : undefined;
}
