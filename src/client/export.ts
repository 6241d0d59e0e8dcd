import type { PageBody } from '../api/types/bodies.ts';
import type { ExportPageBody, ExportedCollectionBody } from '../api/types/export.ts';
import type { PageQuery } from '../api/surface/shapes.ts';
import type { Answer, Calls } from './call.ts';

/** Records on their way out of a device. */
export interface ExportCalls {
  /** Every collection, those that are left out with the reason. */
  exportable(): Answer<PageBody<ExportedCollectionBody>>;
  /** Live records, where the collection may be exported. */
  exported(collection: string, query?: PageQuery): Answer<ExportPageBody>;
}

export function exportCalls({ ask }: Calls): ExportCalls {
  return {
    exportable: () => ask('GET /v1/export'),
    exported: (c, query = {}) => ask('GET /v1/collections/:c/export', { path: { c }, query }),
  };
}
