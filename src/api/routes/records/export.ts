import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FolderFile } from '../../../contract/engine.ts';
import type { RecordRow } from '../../../contract/record.ts';
import type { CollectionBinding } from '../../../replica/names/binding.ts';
import { versionOf } from '../../../replica/names/version.ts';
import { timeText } from '../../answers/bodies.ts';
import { problem } from '../../answers/problem.ts';
import { collectionOf, pageOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import { readerOf } from '../../gate/reader.ts';
import { isVault } from '../../gate/vault-records.ts';
import type { ApiDeps } from '../../ports/port.ts';
import type { ExportPageBody, ExportedCollectionBody, ExportedRecordBody } from '../../types/export.ts';

/** What may leave the device as plain text, and the records of it. */
export function exportRoutes(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'bindings' | 'control' | 'store' | 'storeCare'>,
): void {
  api.get('/v1/export', async (request) => {
    const { mayRead } = readerOf(request);
    const live = new Map(deps.control.engines().map(({ collection, counts }) => [collection, counts.live]));
    const items = deps.bindings
      .all()
      .filter(({ manifest }) => mayRead(manifest.collection))
      .map((binding) => ({
        ...collectionBody(binding, live.get(binding.manifest.collection) ?? 0),
        schema: deps.bindings.schemaOf?.(binding.manifest.collection) ?? null,
      }));
    return { items, nextCursor: null };
  });

  api.get('/v1/collections/:c/export', async (request, reply) => exportPage(deps, request, reply));
}

async function exportPage(
  { bindings, store, storeCare }: Pick<ApiDeps, 'bindings' | 'store' | 'storeCare'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ExportPageBody | FastifyReply> {
  const collection = collectionOf(request);
  if (!collection.ok) {
    return send(reply, collection.error);
  }
  const page = pageOf(request);
  if (!page.ok) {
    return send(reply, page.error);
  }
  const binding = bindings.ofCollection(collection.value);
  if (binding === undefined) {
    return send(
      reply,
      problem(404, `No engine here serves the collection ${collection.value}. See: sourcesync engines ls`),
    );
  }
  const leftOut = whyLeftOut(binding);
  if (leftOut !== null) {
    return send(
      reply,
      problem(403, `${collection.value} is not exported: ${leftOut}`, { reasonCode: 'policy_denied' }),
    );
  }
  const { items, nextCursor, damaged } = store.records.list(collection.value, page.value, 'live');
  if (damaged > 0) {
    storeCare.suspected();
  }
  return { items: items.flatMap((row) => itemBody(binding, row)), nextCursor, damaged };
}

function collectionBody(binding: CollectionBinding, live: number): Omit<ExportedCollectionBody, 'schema'> {
  const { collection, engineId, schemaVersion } = binding.manifest;
  return { collection, engineId, schemaVersion, live, leftOut: whyLeftOut(binding) };
}

function whyLeftOut(binding: CollectionBinding): string | null {
  if (isVault(binding)) {
    return 'secrets of the vault never leave it. Back up the whole device instead: sourcesync backup create FILE';
  }
  return binding.manifest.supportsExport
    ? null
    : `the manifest of ${binding.manifest.engineId} says so (supportsExport).`;
}

function itemBody({ engine }: CollectionBinding, row: RecordRow): readonly ExportedRecordBody[] {
  const { id, fields } = row;
  if (fields === null) {
    return [];
  }
  const file = engine.files?.toFile(id, fields);
  const { authorId, managedBy } = row;
  return [
    {
      ...{ id, fields, version: versionOf(row), updatedAt: timeText(row.stamp), author: authorId, managedBy },
      ...(file?.path === id ? contentBody(file) : {}),
    },
  ];
}

function contentBody(file: FolderFile): Pick<ExportedRecordBody, 'file' | 'leftOut'> {
  return file.chunked === true
    ? { leftOut: 'it is a large file: here is the list of its chunks, and its bytes are in the linked folder.' }
    : {
        file: {
          bytes: Buffer.from(file.bytes).toString('base64'),
          ...{ executable: file.executable, private: file.private, symlink: file.symlink === true },
        },
      };
}
