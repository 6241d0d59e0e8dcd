import type { Disk } from '../../../src/sources/disk/disk-port.ts';
import type { RecordPort } from '../../../src/sources/ground/port.ts';
import type { FolderSourceOptions } from '../../../src/sources/passes/source-state.ts';
import type { LinkTable } from '../../../src/store/ground/link-table.ts';

/** Where a bug can be planted into a simulated folder: each wraps a real part. */
export interface FolderPlants {
  readonly disk?: (disk: Disk) => Disk;
  readonly records?: (records: RecordPort) => RecordPort;
  readonly links?: (links: LinkTable) => LinkTable;
  readonly options?: (options: FolderSourceOptions) => FolderSourceOptions;
}
