import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CollectionName, RecordId } from '../../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../base/json.ts';
import { isPolicyItself } from '../../../contract/manifest.ts';
import { type SyncedLayer, documentOf, isLayer, syncedLayers } from '../../../policy/document.ts';
import { type EffectivePolicy, effectivePolicy } from '../../../policy/effective.ts';
import { faultOfRule } from '../../../policy/vocabulary.ts';
import { termOf } from '../../../policy/lattice.ts';
import type { WriteResult } from '../../../replica/names/write.ts';
import type { CollectionBinding } from '../../../replica/names/binding.ts';
import { unboundTargets } from '../../answers/permission-bodies.ts';
import { policyBody, policyKeyBody } from '../../answers/policy-bodies.ts';
import { rowDamaged } from '../../../replica/names/row-damaged.ts';
import { versionOf } from '../../../replica/names/version.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem, problemOfRefusal } from '../../answers/problem.ts';
import { expectedVersion } from '../../answers/record-answer.ts';
import { send } from '../../answers/send.ts';
import type { PolicySetBody, SetRuleBody } from '../../types/policy.ts';

const longestKey = 256;
const mostDocuments = 1000;

/** The policy in force and why; changing it is a privileged call. */
export function policyRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'storeCare'>,
): void {
  const { replica, store } = deps;
  const binding = (): CollectionBinding | undefined =>
    deps.bindings.all().find(({ manifest }) => isPolicyItself(manifest));

  api.get('/v1/policy', async () => {
    const collection = binding()?.manifest.collection;
    const rows = collection && store.records.list(collection, { cursor: null, limit: mostDocuments }, 'live').items;
    const lacking = (collection && replica.authorityLacked(collection)) ?? null;
    return policyBody(replica.policy(), { rows: rows ?? [], unbound: unboundTargets(deps.bindings), lacking });
  });

  api.get('/v1/policy/:key', async (request, reply) => {
    const { key } = request.params as { key: string };
    return key.length > longestKey
      ? send(reply, problem(400, `A key has at most ${longestKey} characters.`))
      : policyKeyBody(replica.policy(), key, unboundTargets(deps.bindings));
  });

  api.put('/v1/policy/:layer', async (request, reply) => {
    const { layer } = request.params as { layer: string };
    const collection = binding()?.manifest.collection;
    const wanted = ruleIn(request.body);
    const expected = expectedVersion(request);
    if (!isLayer(layer)) {
      return send(reply, problem(400, `A layer is one of ${syncedLayers.join(', ')}.`));
    }
    if (collection === undefined) {
      return send(reply, problem(404, 'No engine on this device serves policy.'));
    }
    if (!expected.ok || typeof wanted === 'string') {
      return send(reply, expected.ok ? problem(400, wanted as string) : expected.error);
    }
    return setRule(deps, reply, { collection, layer, wanted, ...expected.value });
  });
}

interface Asked {
  readonly collection: CollectionName;
  readonly layer: SyncedLayer;
  readonly wanted: SetRuleBody;
  /** What the caller saw of the layer's document; null for none, left out where they saw nothing. */
  readonly ifVersion?: string | null;
}

async function setRule(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'storeCare'>,
  reply: FastifyReply,
  asked: Asked,
): Promise<unknown> {
  const { collection, layer, wanted } = asked;
  const id = layer as string as RecordId;
  const row = deps.store.records.get(collection, id);
  if (row === 'damaged') {
    deps.storeCare.noticed(collection, id);
    return send(reply, problemOfRefusal({ kind: 'damaged', message: rowDamaged.message }));
  }
  const version = row === undefined ? null : versionOf(row);
  if (asked.ifVersion !== undefined && asked.ifVersion !== version) {
    return send(reply, changedSince(layer, version));
  }
  const fields = withRule(row?.fields ?? null, layer, wanted);
  if (fields === undefined) {
    const words = `The layer ${layer} holds no rule for ${wanted.key} in its record ${id}. See: sourcesync policy show`;
    return send(reply, problem(404, words));
  }
  const generation = fields['generation'] as number;
  const unbound = unboundTargets(deps.bindings);
  if (wanted.preview === true) {
    const effective = policyKeyBody(policyWith(deps.replica.policy(), id, fields), wanted.key, unbound);
    return { layer, id, generation, version, executed: false, effective } satisfies PolicySetBody;
  }
  // Of two who set at once the later one hears of it: one generation of both would join what they took away.
  const [written] = (await deps.control.edit(collection, [
    { id, intent: { kind: 'put', fields }, ifVersion: version },
  ])) as [WriteResult];
  if (!written.ok) {
    const { error } = written;
    return send(
      reply,
      error.kind === 'version_mismatch' ? changedSince(layer, error.current) : problemOfRefusal(error),
    );
  }
  const now = versionOf(written.value);
  const effective = policyKeyBody(deps.replica.policy(), wanted.key, unbound);
  reply.header('etag', `"${now}"`);
  return { layer, id, generation, version: now, executed: true, effective } satisfies PolicySetBody;
}

function changedSince(layer: SyncedLayer, current: string | null): Problem {
  const now = current === null ? 'It holds no document now' : `Its version is now ${current}`;
  return problem(
    412,
    `The policy of ${layer} has changed since it was read. ${now}. Look at it with: sourcesync policy show; then write again, for that version.`,
    { current },
  );
}

/** What would be in force with another document in the place of one. */
function policyWith(policy: EffectivePolicy, id: RecordId, fields: JsonObject): EffectivePolicy {
  const others = policy.documents.filter(({ layer, source }) => layer === 'floor' || source !== id);
  const document = documentOf(fields);
  const own = document === undefined ? [] : [{ layer: document.layer, source: id, document, isRemote: false }];
  return effectivePolicy([...others, ...own]);
}

/** The next generation of a layer's document, with one rule more, another one or one less; undefined without that one. */
function withRule(live: JsonObject | null, layer: SyncedLayer, wanted: SetRuleBody): JsonObject | undefined {
  const rules = new Map(Object.entries(live !== null && isJsonObject(live['rules']) ? live['rules'] : {}));
  const generation = typeof live?.['generation'] === 'number' ? live['generation'] + 1 : 1;
  if ('remove' in wanted) {
    return rules.delete(wanted.key) ? { ...live, layer, generation, rules: Object.fromEntries(rules) } : undefined;
  }
  const { key, kind, value } = wanted;
  rules.set(key, { kind, value });
  return { ...live, layer, generation, rules: Object.fromEntries(rules) };
}

function ruleIn(body: unknown): SetRuleBody | string {
  const { key, kind, value, remove, preview = false } = (body ?? {}) as Readonly<Record<string, JsonValue>>;
  if (typeof key === 'string' && remove === true && typeof preview === 'boolean') {
    return { key, remove, preview };
  }
  if (typeof key !== 'string' || typeof kind !== 'string' || value === undefined || typeof preview !== 'boolean') {
    return 'The body is {"key": …, "kind": decision, max, min, allowset, denyset or map, "value": …, "preview": true or false}, or {"key": …, "remove": true, "preview": true or false}.';
  }
  const rule = { kind, value };
  return faultOfRule(key, termOf(rule), rule) ?? { key, ...rule, preview };
}
