import type { DecisionRoutes } from './decisions.ts';
import type { DeviceRoutes } from './devices.ts';
import type { EngineRoutes } from './engines.ts';
import type { RecordRoutes } from './records.ts';
import type { SystemRoutes } from './system.ts';

/**
 * Every route as `METHOD /path`, and what it takes and answers: the one place where that is written. The client calls by these
 * types, and the document of the API is made from them (`npm run openapi`).
 *
 * `name` is the operationId; `query`, `headers` and `body` are what is taken. `answer` is that of status 200, and `media` its
 * content type where it is no JSON; a `websocket` answers 101 and takes the connection over. `also` has answers of other
 * statuses that are no problem documents.
 */
export interface Routes extends SystemRoutes, EngineRoutes, RecordRoutes, DecisionRoutes, DeviceRoutes {}
