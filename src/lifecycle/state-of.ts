import { assert } from '../base/assert.ts';
import type { ReasonCode } from '../contract/reasons.ts';
import type { EngineState } from '../contract/states.ts';
import type { DegradedCause, EngineFacts } from './facts.ts';
import { stateTable } from './state-table.ts';

/** One row that holds. */
export interface Condition {
  readonly state: EngineState;
  readonly reasonCodes: readonly ReasonCode[];
}

export interface EngineCondition {
  readonly state: EngineState;
  /** Those of the row that is the state; each condition has its own. */
  readonly reasonCodes: readonly ReasonCode[];
  /** Every row that holds, in the table's order; the first is the state. */
  readonly conditions: readonly Condition[];
  /** Why the engine works with loss of function, whatever its state; the set of reason codes has no word for most. */
  readonly causes: readonly DegradedCause['cause'][];
}

/** The state of an engine: the first row of the table whose fact holds. Total: some row holds for any facts. */
export function stateOf(facts: EngineFacts): EngineCondition {
  const conditions = stateTable
    .filter((row) => row.holds(facts))
    .map((row) => ({ state: row.state, reasonCodes: row.reasonsFor(facts) }));
  const [first] = conditions;
  assert(first !== undefined, 'the state table covers every set of facts');
  const causes = [...new Set(facts.degradedCauses.map(({ cause }) => cause))];
  return { state: first.state, reasonCodes: first.reasonCodes, conditions, causes };
}
