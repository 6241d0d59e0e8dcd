import { engine as agents } from '../../engines/agents/engine.ts';
import { engine as browser } from '../../engines/browser/engine.ts';
import { engine as extensions } from '../../engines/extensions/engine.ts';
import { engine as memory } from '../../engines/memory/engine.ts';
import { engine as models } from '../../engines/models/engine.ts';
import { engine as shell } from '../../engines/shell/engine.ts';
import { engine as workspace } from '../../engines/workspace/engine.ts';
import type { JsonValue } from '../../src/base/json.ts';
import type { ObservedPlace } from '../../src/contract/observed-place.ts';
import type { Engine } from '../../src/contract/engine.ts';
import type { Place } from '../../src/contract/place.ts';

type AnyPlace = Place | ObservedPlace;

const engines: readonly Engine[] = [agents, browser, extensions, memory, models, shell, workspace];

export const allPlaces: readonly AnyPlace[] = engines.flatMap(({ places = [] }) => places);

/** What these have is found on a machine, and none of it is ever kept back; or it is never taken for removed. */
export const nothingStays: readonly AnyPlace[] = ['huggingface', 'llama-cpp', 'lmstudio', 'repositories'].map(placeOf);

/** A unit as its file has it: fit to travel, in ways in which it is not, and gone. `HOME` is the home folder. */
export interface HeldPlace {
  readonly place: AnyPlace;
  readonly id: string;
  readonly fit: string;
  readonly unfit: readonly string[];
  /** Undefined where the file goes with its unit. */
  readonly gone?: string;
  /** Below the home folder; the first of the place where it is left out. */
  readonly file?: (home: string) => string;
  readonly beside?: Readonly<Record<string, string>>;
}

export function engineOf(place: AnyPlace): Engine {
  const engine = engines.find(({ places = [] }) => places.includes(place));
  if (engine === undefined) {
    throw new Error(`believed: ${place.name} is of an engine`);
  }
  return engine;
}

export function placeOf(name: string): AnyPlace {
  const place = allPlaces.find((one) => one.name === name);
  if (place === undefined) {
    throw new Error(`believed: there is a place ${name}`);
  }
  return place;
}

export const token = `ghp_${'a1'.repeat(18)}`;

/** One unit among others: `unit` says how its file looks with a value, or without one. */
export function rows<T>(
  names: readonly string[],
  idOf: (name: string) => string,
  unit: (value: T | undefined, name: string) => string,
  [fit, ...unfit]: readonly [T, ...T[]],
): readonly HeldPlace[] {
  return names.map((name) => ({
    place: placeOf(name),
    id: idOf(name),
    fit: unit(fit, name),
    unfit: unfit.map((value) => unit(value, name)),
    gone: unit(undefined, name),
  }));
}

export const json = (value: JsonValue): string => JSON.stringify(value);
export const line = (value: string | undefined): string => (value === undefined ? '' : `${value}\n`);
const names = allPlaces.map(({ name }) => name);
export const ending = (end: string): readonly string[] => names.filter((name) => name.endsWith(end));
