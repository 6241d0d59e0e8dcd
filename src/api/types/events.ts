import type { JsonObject } from '../../base/json.ts';
import type { EventType } from '../../contract/events.ts';

/** One event of the stream: identifiers and reason codes, never content. */
export interface EventBody {
  /** Where the stream goes on behind it; null for a gap. */
  readonly id: number | null;
  /** `gap`: some events before this one are gone. Read anew what you show. */
  readonly type: EventType | 'gap';
  /** `at` is when it happened, RFC 3339 in UTC; a gap has none. */
  readonly data: JsonObject;
}
