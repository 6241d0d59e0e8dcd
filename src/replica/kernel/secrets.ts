import type { RecordId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { tokensOf } from '../../base/json-pointer.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { placeOf, secretsBrought, secretsInId, secretsInValue } from '../../admission/secrets.ts';
import type { Brand } from '../../base/brand.ts';
import type { Change } from '../../contract/change.ts';
import type { Manifest } from '../../contract/manifest.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import { type FindSecrets, type FoundSecret, secretUrn } from '../../contract/secrets.ts';
import type { Intent } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { applyPatch } from '../../merge/values/json-patch.ts';
import type { Core } from './core.ts';
import type { Rules } from './rules.ts';
import type { Write, WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** A secret that left its place in a record, and is to be kept once the write has taken effect. */
export interface TakenSecret {
  readonly id: RecordId;
  readonly secret: string;
  readonly label: string;
}

/** What was looked through, with the id of its record: no raw secret is in it. */
export type CleanIntent = Brand<Intent, 'CleanIntent'>;

export interface CleanWrite {
  readonly intent: CleanIntent;
  readonly taken: readonly TakenSecret[];
}

/** A whole text of this size is a key with its chain of certificates; what is longer is a document. */
const maximumSecretLength = 64 * 1024;

/** What refers to a secret of the vault in a record. */
export function referenceTo(id: RecordId): { readonly $secretRef: string } {
  return { $secretRef: secretUrn(id) };
}

/**
 * The write without raw secrets: each is replaced by a reference where it is the whole value and the record schema
 * allows an object there. Otherwise, and where the writer or the configuration wants it so, the write is refused: what
 * stands inside of a text is never cut out of it.
 */
export function withoutSecrets(
  rules: Rules,
  binding: CollectionBinding,
  row: RecordRow | undefined,
  write: Write,
): Result<CleanWrite, Refusal> {
  const { intent, id } = write;
  const inId = secretsInId(id, rules.secrets.find);
  if (inId.length > 0) {
    return err(secretRefused(inId, 'secret_in_id'));
  }
  const content = intent.kind === 'put' ? intent.fields : intent.kind === 'patch' ? patchAsJson(intent.patch) : null;
  const found = content === null ? [] : rules.secrets.find(content);
  if (found.length === 0) {
    return ok({ intent: intent as CleanIntent, taken: [] });
  }
  const place = `${binding.manifest.collection}/${id}`;
  const mayRedact = write.secrets !== 'refuse' && rules.secrets.mode(binding.manifest.engineId) === 'redact';
  const clean = mayRedact && content !== null ? redacted(rules, content, found, place) : undefined;
  const cleanIntent = clean && intentOf(intent, clean.content);
  if (clean === undefined || cleanIntent === undefined || !fits(binding, row, cleanIntent)) {
    return err(secretRefused(found));
  }
  return ok({ intent: cleanIntent as CleanIntent, taken: clean.taken });
}

/**
 * Secrets in a change that is about to be written, as every other device will look for them. What was looked through as
 * it was meant is not looked through again where the change says just that. A patch is, because it names what it takes
 * away, and the update of a document, because it has pieces of texts.
 */
export function secretsWritten(
  { secrets: { find } }: Rules,
  manifest: Manifest,
  change: Pick<Change, 'objectId' | 'value'>,
  clean: CleanIntent | undefined,
): readonly FoundSecret[] {
  if (clean === undefined) {
    return secretsBrought(change, manifest, find);
  }
  const isSeen = change.value === null || (clean.kind === 'put' && clean.fields === change.value);
  return isSeen ? [] : secretsInValue(change, manifest, find);
}

/** Puts what was taken out into the vault, in the transaction of the write. */
export function keepTaken(
  core: Pick<Core, 'device' | 'rules' | 'notices'>,
  binding: CollectionBinding,
  taken: readonly TakenSecret[],
): void {
  if (taken.length === 0) {
    return;
  }
  for (const { id, secret, label } of taken) {
    core.rules.secrets.keep(id, secret, label);
  }
  core.notices.journal.audit({
    eventType: 'graph.write.accepted',
    actorId: core.device.userId,
    subjectId: core.device.id,
    policyDomain: binding.manifest.collection,
    outcome: 'informational',
    reasonCode: 'secret_redacted',
    details: { secrets: taken.map(({ id }) => referenceTo(id).$secretRef) },
  });
}

/** How an answer names a record whose write was refused: by its place where its id is the secret. */
export function nameOfRefused(id: RecordId, position: number, refusal: WriteRefusal): string {
  const isSecret = refusal.kind === 'refused' && refusal.refusal.detail === 'secret_in_id';
  return isSecret ? `item ${position}` : id;
}

/** Notes a write that was refused for what it held. */
export function auditSecretRefused(core: Pick<Core, 'device' | 'notices'>, binding: CollectionBinding): void {
  core.notices.journal.audit({
    eventType: 'graph.write.rejected',
    actorId: core.device.userId,
    subjectId: core.device.id,
    policyDomain: binding.manifest.collection,
    outcome: 'deny',
    reasonCode: 'secret_redacted',
    details: {},
  });
}

export function secretRefused(found: readonly FoundSecret[], detail?: 'secret_in_id'): Refusal {
  const message = `The write holds what looks like a secret (${placeOf(found)}). Nothing of it was written. Put the secret into the vault with: sourcesync secrets set ID --file FILE, and write urn:srcos:secret:ID in its place.`;
  return refuse('reject', 'secret_redacted', detail, message);
}

/**
 * Secrets in the fields of a shared document that one change completed: it may have been typed letter by letter. What
 * stood there before is not this change's doing, or nobody could edit a document with a secret that a person let in.
 */
export function secretsTyped(
  find: FindSecrets,
  after: JsonObject,
  before: () => JsonObject | undefined,
): readonly FoundSecret[] {
  const found = find(after);
  if (found.length === 0) {
    return [];
  }
  const earlier = before() ?? {};
  const known = new Set(find(earlier).map((secret) => secretText(earlier, secret)));
  return found.filter((secret) => !known.has(secretText(after, secret)));
}

export function secretTyped(found: readonly FoundSecret[]): Refusal {
  const message = `The change leads to a text with what looks like a secret (${placeOf(found)}). It has no effect; put the secret into the vault with sourcesync secrets set, and write the reference instead.`;
  return refuse('quarantine', 'secret_redacted', undefined, message);
}

function secretText(fields: JsonObject, { path, rule, range }: FoundSecret): string {
  return `${rule} ${(textAt(fields, tokensOf(path) ?? []) ?? path).slice(...range)}`;
}

function redacted(
  rules: Rules,
  content: JsonValue,
  found: readonly FoundSecret[],
  place: string,
): { readonly content: JsonValue; readonly taken: readonly TakenSecret[] } | undefined {
  const taken = new Map<RecordId, TakenSecret>();
  let clean = content;
  for (const { path, standsIn, range, rule } of found) {
    const tokens = tokensOf(path) ?? [];
    const secret = textAt(content, tokens);
    if (standsIn === 'name' || secret === undefined || !isWhole(secret, range) || secret.length > maximumSecretLength) {
      return undefined;
    }
    const id = rules.secrets.idOf(secret);
    taken.set(id, { id, secret, label: `${rule}, taken out of ${place}`.slice(0, 128) });
    clean = replacedAt(clean, tokens, referenceTo(id));
  }
  // A value with more secrets than are told is not cleaned by replacing those.
  return rules.secrets.find(clean).length > 0 ? undefined : { content: clean, taken: [...taken.values()] };
}

/** The text is the secret, or one word with the secret in it, such as an address with a password. */
function isWhole(text: string, [from, to]: FoundSecret['range']): boolean {
  const word = text.trim();
  return !/\s/.test(word) || (text.slice(0, from).trim() === '' && text.slice(to).trim() === '');
}

function textAt(content: JsonValue, tokens: readonly string[]): string | undefined {
  let current: JsonValue | undefined = content;
  for (const token of tokens) {
    current = Array.isArray(current)
      ? (current as readonly JsonValue[])[Number(token)]
      : isJsonObject(current) && Object.hasOwn(current, token)
        ? current[token]
        : undefined;
  }
  return typeof current === 'string' ? current : undefined;
}

function replacedAt(content: JsonValue, tokens: readonly string[], by: JsonObject): JsonValue {
  const [token, ...rest] = tokens;
  if (token === undefined) {
    return by;
  }
  if (Array.isArray(content)) {
    return (content as readonly JsonValue[]).map((item, index) =>
      String(index) === token ? replacedAt(item, rest, by) : item,
    );
  }
  return isJsonObject(content)
    ? Object.fromEntries(
        Object.entries(content).map(([name, item]) => [name, name === token ? replacedAt(item, rest, by) : item]),
      )
    : content;
}

function patchAsJson(patch: readonly PatchOperation[]): JsonValue {
  return patch as unknown as JsonValue;
}

function intentOf(before: Intent, content: JsonValue): Intent | undefined {
  if (before.kind === 'put' && isJsonObject(content)) {
    return { kind: 'put', fields: content };
  }
  return before.kind === 'patch'
    ? { kind: 'patch', patch: content as unknown as readonly PatchOperation[] }
    : undefined;
}

function fits(binding: CollectionBinding, row: RecordRow | undefined, intent: Intent): boolean {
  if (intent.kind === 'put') {
    return binding.validate(intent.fields).ok;
  }
  const next = intent.kind === 'patch' ? applyPatch(row?.fields ?? {}, intent.patch) : undefined;
  return next?.ok === true && binding.validate(next.value).ok;
}
