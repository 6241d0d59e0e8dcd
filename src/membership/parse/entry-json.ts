import { parseScopeId, parseUserId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { scopeKinds } from '../../contract/manifest.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { type PublicKeys, deviceIdOf } from '../../crypto/keys.ts';
import type { GenesisEntry, LaterEntry, NewDevice, NewEpoch, Position, ScopeEntry } from './entry.ts';
import { arrayOf, booleanOf, bytesOf, exactObject, integerOf, memberOf, sealedTextOf, text64 } from './json-fields.ts';
import { type Cut, roles } from './state.ts';
import {
  wrapsFromJson,
  cutFromJson,
  droppedFromJson,
  authoritiesFromJson,
  partyOf,
  deviceIdFromJson,
  maximumWraps,
  maximumWrapBytes,
} from './entry-fields.ts';
const maximumLabelBytes = 256;
const maximumUint32 = 0xffff_ffff;
const positionNames = ['v', 't', 'scope', 'seq', 'prev', 'by', 'at'];
const epochNames = ['e', 'kc', 'key', 'prevK', 'wraps'];
const genesisNames = ['kind', 'suite', 'user', 'root', 'gn', 'history', 'devices'];

const namesByType = {
  genesis: [...positionNames, ...genesisNames, ...epochNames],
  add: [...positionNames, 'device', 'wrap'],
  revoke: [...positionNames, 'dev', 'cut', ...epochNames],
  role: [...positionNames, 'dev', 'role', 'auth', 'cut'],
  rotate: [...positionNames, ...epochNames],
  suite: [...positionNames, 'min'],
  resolve: [...positionNames, 'keep', 'drop'],
} as const;

/** The entry that JSON says, field by field; what it claims is not verified here. */
export function entryFromJson(value: JsonValue): Result<ScopeEntry, Refusal> {
  if (!isJsonObject(value)) {
    return err(malformed);
  }
  const type = memberOf(value['t'], Object.keys(namesByType) as (keyof typeof namesByType)[]);
  if (integerOf(value['v'], 2, maximumUint32) !== undefined || (type === undefined && typeof value['t'] === 'string')) {
    return err(newer('entry_unknown', 'A membership entry is of a kind that this version does not know.'));
  }
  const object = type && exactObject(value, namesByType[type]);
  if (type === undefined || object === undefined || object['v'] !== 1) {
    return err(malformed);
  }
  if (type === 'genesis' && integerOf(object['suite'], 0, maximumUint32) !== undefined && object['suite'] !== 1) {
    return err(newer('suite_unknown', 'This scope uses a cipher suite that this version does not know.'));
  }
  const entry = type === 'genesis' ? genesisFromJson(object) : laterFromJson(type, object);
  return entry === undefined ? err(malformed) : ok(entry);
}

export function jsonFromEntry(entry: ScopeEntry): JsonObject {
  if (entry.t === 'genesis') {
    return {
      v: 1,
      t: 'genesis',
      scope: null,
      seq: 0,
      prev: null,
      by: 'root',
      at: entry.atMs,
      kind: entry.kind,
      suite: entry.suite,
      user: entry.userId,
      root: jsonFromKeys(entry.rootKeys),
      gn: text64(entry.genesisNonce),
      history: entry.historyForNew,
      devices: entry.devices.map(jsonFromDevice),
      ...jsonFromEpoch(entry.epoch),
    };
  }
  return { ...jsonFromPosition(entry), ...jsonFromBody(entry) };
}

function jsonFromPosition(entry: LaterEntry): JsonObject {
  return {
    v: 1,
    t: entry.t,
    scope: entry.scopeId,
    seq: entry.sequence,
    prev: text64(entry.previous),
    by: entry.by,
    at: entry.atMs,
  };
}

function jsonFromBody(entry: LaterEntry): JsonObject {
  switch (entry.t) {
    case 'add':
      return { device: jsonFromDevice(entry.device), wrap: entry.wrap };
    case 'revoke': {
      return { dev: entry.subject, cut: jsonFromCut(entry.cut), ...jsonFromEpoch(entry.epoch) };
    }
    case 'role':
      return {
        dev: entry.subject,
        role: entry.role,
        auth: entry.authorities,
        cut: entry.cut && jsonFromCut(entry.cut),
      };
    case 'rotate':
      return jsonFromEpoch(entry.epoch);
    case 'suite':
      return { min: entry.minimum };
    case 'resolve':
      return { keep: text64(entry.keep), drop: entry.drop.map(text64) };
  }
}

function jsonFromCut(cut: Cut): JsonObject {
  return { seq: cut.sequence, id: cut.batchId };
}

function jsonFromDevice(device: NewDevice): JsonObject {
  return {
    ...jsonFromKeys(device.keys),
    user: device.userId,
    role: device.role,
    auth: device.authorities,
    label: device.label,
  };
}

function jsonFromKeys(keys: PublicKeys): JsonObject {
  return { sign: text64(keys.sign), box: text64(keys.box) };
}

function jsonFromEpoch(epoch: NewEpoch): JsonObject {
  return {
    e: epoch.epoch,
    kc: text64(epoch.commitment),
    key: epoch.printedKey && text64(epoch.printedKey),
    prevK: epoch.previousKey,
    wraps: Object.fromEntries(epoch.wraps),
  };
}

function genesisFromJson(object: JsonObject): GenesisEntry | undefined {
  const fixed =
    object['suite'] === 1 &&
    object['scope'] === null &&
    object['seq'] === 0 &&
    object['prev'] === null &&
    object['by'] === 'root';
  const atMs = integerOf(object['at'], 0, Number.MAX_SAFE_INTEGER);
  const kind = memberOf(object['kind'], scopeKinds);
  const userId = typeof object['user'] === 'string' ? parseUserId(object['user']) : undefined;
  const root = exactObject(object['root'], ['sign', 'box']);
  const rootKeys = root && keysFromJson(root);
  const genesisNonce = bytesOf(object['gn'], 32);
  const historyForNew = booleanOf(object['history']);
  const devices = arrayOf(object['devices'], maximumWraps, deviceFromJson);
  const epoch = epochFromJson(object);
  if (!fixed || atMs === undefined || !kind || !userId || !rootKeys || !genesisNonce || !devices || !epoch) {
    return undefined;
  }
  if (historyForNew === undefined) {
    return undefined;
  }
  return { t: 'genesis', atMs, kind, suite: 1, userId, rootKeys, genesisNonce, historyForNew, devices, epoch };
}

function laterFromJson(type: Exclude<keyof typeof namesByType, 'genesis'>, object: JsonObject): LaterEntry | undefined {
  const position = positionFromJson(object);
  if (position === undefined) {
    return undefined;
  }
  switch (type) {
    case 'add': {
      const device = deviceFromJson(object['device']);
      const wrap = sealedTextOf(object['wrap'], maximumWrapBytes);
      return device && wrap !== undefined ? { t: type, ...position, device, wrap } : undefined;
    }
    case 'revoke': {
      const subject = deviceIdFromJson(object['dev']);
      const cut = cutFromJson(object['cut']);
      const epoch = epochFromJson(object);
      return subject && cut && epoch && { t: type, ...position, subject, cut, epoch };
    }
    case 'role': {
      const subject = deviceIdFromJson(object['dev']);
      const role = memberOf(object['role'], roles);
      const held = authoritiesFromJson(object['auth']);
      const cut = object['cut'] === null ? null : cutFromJson(object['cut']);
      if (!subject || !role || !held || cut === undefined) {
        return undefined;
      }
      return { t: type, ...position, subject, role, authorities: held, cut };
    }
    case 'rotate': {
      const epoch = epochFromJson(object);
      return epoch && { t: type, ...position, epoch };
    }
    case 'suite': {
      const minimum = integerOf(object['min'], 0, 255);
      return minimum === undefined ? undefined : { t: type, ...position, minimum };
    }
    case 'resolve': {
      const keep = bytesOf(object['keep'], 32);
      const drop = droppedFromJson(object['drop']);
      return keep && drop && { t: type, ...position, keep, drop };
    }
  }
}

function positionFromJson(object: JsonObject): Position | undefined {
  const scopeId = typeof object['scope'] === 'string' ? parseScopeId(object['scope']) : undefined;
  const sequence = integerOf(object['seq'], 1, maximumUint32);
  const previous = bytesOf(object['prev'], 32);
  const by = partyOf(object['by']);
  const atMs = integerOf(object['at'], 0, Number.MAX_SAFE_INTEGER);
  if (!scopeId || sequence === undefined || !previous || !by || atMs === undefined) {
    return undefined;
  }
  return { scopeId, sequence, previous, by, atMs };
}

function deviceFromJson(value: JsonValue | undefined): NewDevice | undefined {
  const object = exactObject(value, ['sign', 'box', 'user', 'role', 'auth', 'label']);
  const keys = object && keysFromJson(object);
  const userId = typeof object?.['user'] === 'string' ? parseUserId(object['user']) : undefined;
  const role = memberOf(object?.['role'], roles);
  const held = authoritiesFromJson(object?.['auth']);
  const label = sealedTextOf(object?.['label'], maximumLabelBytes);
  if (!keys || !userId || !role || !held || label === undefined) {
    return undefined;
  }
  return { deviceId: deviceIdOf(keys), userId, keys, role, authorities: held, label };
}

function keysFromJson(object: JsonObject): PublicKeys | undefined {
  const sign = bytesOf(object['sign'], 32);
  const box = bytesOf(object['box'], 32);
  return sign && box && { sign, box };
}

function epochFromJson(object: JsonObject): NewEpoch | undefined {
  const epoch = integerOf(object['e'], 1, maximumUint32);
  const commitment = bytesOf(object['kc'], 32);
  const printedKey = object['key'] === null ? null : bytesOf(object['key'], 32);
  const previousKey = object['prevK'] === null ? null : bytesOf(object['prevK'], 48) && (object['prevK'] as string);
  const wraps = wrapsFromJson(object['wraps']);
  if (epoch === undefined || !commitment || printedKey === undefined || previousKey === undefined || !wraps) {
    return undefined;
  }
  return { epoch, commitment, wraps, printedKey, previousKey };
}

const malformed: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  'A membership entry lacks a field, has one too many, or one of the wrong form. It was not applied.',
);

function newer(detail: 'entry_unknown' | 'suite_unknown', message: string): Refusal {
  return refuse('quarantine', 'migration_required', detail, `${message} Install a newer version; the bytes are kept.`);
}
