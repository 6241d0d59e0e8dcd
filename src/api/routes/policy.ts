import type { FastifyInstance } from 'fastify';
import type { RecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type SyncedLayer, isLayer, syncedLayers } from '../../policy/document.ts';
import { faultOfRule } from '../../policy/vocabulary.ts';
import { termOf } from '../../policy/lattice.ts';
import type { CollectionBinding, WriteResult } from '../../replica/port.ts';
import { policyBody, policyKeyBody } from '../policy-bodies.ts';
import { versionOf } from '../../replica/version.ts';
import type { ApiDeps } from '../port.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { send } from '../send.ts';
import type { SetRuleBody } from '../types/policy.ts';

const longestKey = 256;
const mostDocuments = 1000;

/** The policy in force and why; changing it is a privileged call. */
export function policyRoutes(api: FastifyInstance, deps: ApiDeps): void {
  const { replica, store, control } = deps;
  const binding = (): CollectionBinding | undefined =>
    deps.bindings.all().find(({ manifest }) => manifest.mergeStrategy === 'strongest_policy_wins');

  api.get('/v1/policy', async () => {
    const collection = binding()?.manifest.collection;
    const rows = collection && store.records.list(collection, { cursor: null, limit: mostDocuments }, 'live').items;
    return policyBody(replica.policy(), rows ?? []);
  });

  api.get('/v1/policy/:key', async (request, reply) => {
    const { key } = request.params as { key: string };
    return key.length > longestKey
      ? send(reply, problem(400, `A key has at most ${longestKey} characters.`))
      : policyKeyBody(replica.policy(), key);
  });

  api.put('/v1/policy/:layer', async (request, reply) => {
    const { layer } = request.params as { layer: string };
    const collection = binding()?.manifest.collection;
    const wanted = ruleIn(request.body);
    if (!isLayer(layer)) {
      return send(reply, problem(400, `A layer is one of ${syncedLayers.join(', ')}.`));
    }
    if (collection === undefined) {
      return send(reply, problem(404, 'No engine on this device serves policy.'));
    }
    if (typeof wanted === 'string') {
      return send(reply, problem(400, wanted));
    }
    const id = layer as string as RecordId;
    const row = store.records.get(collection, id);
    const live = row === undefined || row === 'damaged' ? null : row;
    const fields = withRule(live?.fields ?? null, layer, wanted);
    if (fields === undefined) {
      return send(
        reply,
        problem(404, `The layer ${layer} holds no rule for ${wanted.key}. See: sourcesync policy show`),
      );
    }
    // Of two who set at once the later one hears of it: one generation of both would join what they took away.
    const ifVersion = live === null ? null : versionOf(live);
    const [written] = (await control.edit(collection, [{ id, intent: { kind: 'put', fields }, ifVersion }])) as [
      WriteResult,
    ];
    if (!written.ok) {
      return send(reply, problemOfRefusal(written.error));
    }
    const effective = policyKeyBody(replica.policy(), wanted.key);
    return { layer, id, generation: fields['generation'], effective };
  });
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
  const { key, kind, value, remove } = (body ?? {}) as Readonly<Record<string, JsonValue>>;
  if (typeof key === 'string' && remove === true) {
    return { key, remove };
  }
  if (typeof key !== 'string' || typeof kind !== 'string' || value === undefined) {
    return 'The body is {"key": …, "kind": decision, max, min, allowset or denyset, "value": …}, or {"key": …, "remove": true}.';
  }
  return faultOfRule(key, termOf({ kind, value })) ?? { key, kind, value };
}
