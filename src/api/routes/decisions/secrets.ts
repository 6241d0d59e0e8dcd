import type { FastifyInstance } from 'fastify';
import { base64urlFromBytes, bytesFromBase64url } from '../../../base/bytes.ts';
import { parseRecordId } from '../../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';
import { secretUrn } from '../../../contract/secrets.ts';
import { mark } from '../../../crypto/hash.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { HeldBody, HeldQuestion, RevealedSecretBody, SecretBody } from '../../types/secrets.ts';
import { auditVault } from '../../gate/vault-records.ts';

/** What the vault holds. Revealing a value is a privileged call and audited; it is set and removed as a record. */
export function secretRoutes(api: FastifyInstance, { vault, replica }: Pick<ApiDeps, 'replica' | 'vault'>): void {
  api.get('/v1/secrets', async () => ({
    items: vault.list().map(({ id, fields }) => secretBody(id, fields)),
    nextCursor: null,
  }));

  api.post('/v1/secrets/:id/reveal', async (request, reply): Promise<unknown> => {
    const wanted = (request.params as { id: string }).id;
    const id = parseRecordId(wanted);
    const fields = id && vault.describe(id);
    const value = id && vault.reveal(id);
    if (id === undefined || fields === undefined || value === undefined) {
      return send(reply, problem(404, 'The vault of this device has no such secret. See: sourcesync secrets ls'));
    }
    auditVault({ replica }, request, id, 'secret.lease.issued');
    reply.header('cache-control', 'no-store');
    return { ...secretBody(id, fields), value } satisfies RevealedSecretBody;
  });

  api.post('/v1/secrets/held', async (request, reply): Promise<unknown> => {
    const question = questionOf(request.body);
    if (question === undefined) {
      const words = `The body is {"key", "marks"}: base64url of 32 bytes, and a list of at most ${maximumMarks} of them.`;
      return send(reply, problem(400, words));
    }
    return heldBody(vault, question);
  });
}

const maximumMarks = 2048;

function questionOf(body: unknown): { readonly key: Uint8Array; readonly marks: readonly string[] } | undefined {
  const given = (body ?? {}) as Partial<Record<keyof HeldQuestion, unknown>>;
  const key = typeof given.key === 'string' ? bytesFromBase64url(given.key) : undefined;
  const marks: readonly unknown[] | undefined = Array.isArray(given.marks) ? given.marks : undefined;
  const isWell = key?.length === 32 && marks !== undefined && marks.length <= maximumMarks;
  return isWell && marks.every((one) => typeof one === 'string') ? { key, marks } : undefined;
}

function heldBody(vault: ApiDeps['vault'], { key, marks }: { key: Uint8Array; marks: readonly string[] }): HeldBody {
  const ids = new Map<string, string>();
  for (const { id } of vault.list()) {
    const value = vault.reveal(id);
    if (value !== undefined) {
      // A file that holds exactly the value may end with a line break.
      ids.set(base64urlFromBytes(mark(key, value)), id);
      ids.set(base64urlFromBytes(mark(key, value.replace(/\r?\n$/, ''))), id);
    }
  }
  return { ids: marks.map((one) => ids.get(one) ?? null) };
}

function secretBody(id: string, fields: JsonObject): SecretBody {
  return {
    id,
    ref: secretUrn(id),
    label: textOf(fields['label']) ?? '',
    kind: textOf(fields['kind']),
    notes: textOf(fields['notes']),
  };
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
