import { type DeviceId, type RecordId, parseDeviceId, parseRecordId } from '../../../src/base/ids.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { engineStates, type EngineState } from '../../../src/contract/states.ts';
import type { Store } from '../../../src/store/ground/port.ts';

declare const store: Store;
declare const text: string;

/** A brand is made by parsing, and is still the text that it was. */
const device: DeviceId | undefined = parseDeviceId(text);
export const shown: string = device ?? 'none';
export const record: RecordId | undefined = parseRecordId(text);

/** A result is narrowed by its flag alone. */
const result: Result<number, 'too_large'> = text.length > 3 ? err('too_large') : ok(text.length);
export const size: number = result.ok ? result.value : 0;
export const fault: 'too_large' | undefined = result.ok ? undefined : result.error;

/** The answer of a transaction is the answer of its work, whatever it is; a union too. */
export const count: number = store.transaction(() => 1);
export const maybe: DeviceId | undefined = store.transaction(() => parseDeviceId(text));
export const nothing: void = store.transaction(() => {});

/** A closed set is iterable data and a type at once. */
export const first: EngineState = engineStates[0];
