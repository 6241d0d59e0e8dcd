import type { FastifyInstance } from 'fastify';
import { parseRecordId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { secretUrn } from '../../contract/secrets.ts';
import type { ApiDeps } from '../ports/port.ts';
import { problem } from '../answers/problem.ts';
import { send } from '../answers/send.ts';
import type { RevealedSecretBody, SecretBody } from '../types/secrets.ts';
import { auditVault } from '../gate/vault-records.ts';

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
