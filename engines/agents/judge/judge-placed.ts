import { type JsonObject, memberOf } from '../../../src/base/json.ts';
import { type Beside, type Judgement, dangerous } from '../../../src/contract/judgement.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { judgeText } from './judge-text.ts';
import { judgeHook, judgeRule } from './judge-rule.ts';
import { judgeServer } from './judge-server.ts';
import { judgeSetting, judgeVariable } from './judge-setting.ts';

type Judge = (before: JsonObject | null, next: JsonObject | null, beside?: Beside) => Judgement;

const judges: Readonly<Record<string, Judge>> = {
  mcp: judgeServer,
  permission: judgeRule,
  hook: judgeHook,
  setting: judgeSetting,
  env: judgeVariable,
  agent: judgeText,
  command: judgeText,
  skill: judgeText,
};

/** What makes a record the one that it is. */
const identity = ['kind', 'app', 'name', 'list', 'event', 'path', 'file'];

/** True for what stands in a file of an application, and is no agent of the registry. */
export function isPlaced(fields: JsonObject | null): fields is JsonObject {
  const { kind, app } = fields ?? {};
  return typeof kind === 'string' && Object.hasOwn(judges, kind) && (kind === 'mcp' || typeof app === 'string');
}

/** Undefined for records of the registry. `next` is null for a removal. */
export function judgePlaced(
  before: JsonObject | null,
  next: JsonObject | null,
  beside?: Beside,
): Judgement | undefined {
  if (!isPlaced(before) && !isPlaced(next)) {
    return undefined;
  }
  if (before !== null && !isPlaced(before)) {
    return dangerous('it takes the place of an agent of the registry');
  }
  const was = before;
  if (was !== null && next !== null && identity.some((name) => !sameValue(memberOf(was, name), memberOf(next, name)))) {
    return dangerous('it is another thing than before under the same id');
  }
  try {
    return judgeOf(next ?? was)(was, next, beside);
  } catch {
    return dangerous('what it is cannot be told');
  }
}

function judgeOf(fields: JsonObject | null): Judge {
  return judges[String(fields?.['kind'])] ?? judgeServer;
}
