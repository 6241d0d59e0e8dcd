import type { JsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';
import type { LogReader } from './log-reader.ts';
import type { Bindings } from '../names/binding.ts';
import type { Scopes } from './scopes.ts';

/** What the view is made over. */
export interface PolicyDeps {
  readonly store: Store;
  readonly bindings: Bindings;
  readonly scopes: Scopes;
  readonly reader: LogReader;
  readonly self: string;
  /** The floor of this device, which the same object says for as long as it does not change. */
  readonly floor: () => JsonObject;
}
