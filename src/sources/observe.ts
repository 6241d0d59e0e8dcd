import type { RecordId } from '../base/ids.ts';
import type { FolderFile } from '../contract/engine.ts';
import type { RecordRow } from '../contract/record.ts';
import type { LinkedFile, LinkTable } from '../store/port.ts';
import type { Disk, FileLook } from './disk.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { IgnoreRules } from './ignore-rules.ts';
import type { NameTable } from './names.ts';
import { agreementWith } from './links.ts';
import { type FileAction, type FileSide, planFile } from './plan-file.ts';
import type { ProblemLog } from './problems.ts';
import { type RecordView, carriesMode, seeRecord } from './records.ts';
import { isSafePath } from './safe-path.ts';

/** One path with everything a decision about it needs, and the decision. */
export interface Observation {
  readonly id: RecordId;
  readonly diskPath: string;
  readonly action: FileAction | 'look_again';
  readonly agreed: LinkedFile | undefined;
  readonly row: RecordRow | undefined;
  /** Set when there is a file that was read. */
  readonly found: FoundFile | undefined;
}

export interface FoundFile {
  readonly look: FileLook;
  readonly file: FolderFile;
  readonly fingerprint: string;
  readonly carriesMode: boolean;
}

export interface Observer {
  readonly root: string;
  readonly disk: Disk;
  readonly view: RecordView;
  readonly links: LinkTable;
  readonly problems: ProblemLog;
  names(): NameTable;
  rules(): IgnoreRules;
}

/** Looks at file, record and agreement of one id. Reports what keeps them apart, and clears what no longer does. */
export async function observe(observer: Observer, id: RecordId): Promise<Observation> {
  const { disk, view, links, problems, root } = observer;
  const agreed = links.file(root, id);
  const { side, row, damaged } = seeRecord(view, id, agreed);
  const diskPath = observer.names().diskPathOf(id);
  const still = { id, diskPath, action: 'none', agreed, row, found: undefined } as const;
  if (!isSafePath(id)) {
    if (side.kind === 'live') {
      problems.report('path_unsafe', id);
    }
    return still;
  }
  if (observer.rules().ignores(id, false)) {
    return still;
  }
  if (damaged) {
    problems.report('record_damaged', id);
    return still;
  }
  const reading = observer.names().isShadowed(id) ? ({ kind: 'absent' } as const) : await disk.read(diskPath);
  switch (reading.kind) {
    case 'unsteady':
      return { ...still, action: 'look_again' };
    case 'blocked':
      problems.report(reading.code, id);
      return still;
    case 'folder': {
      const action = planFile({ kind: 'absent' }, agreed, side);
      if (action !== 'write') {
        return { ...still, action };
      }
      problems.report('path_occupied', id);
      return still;
    }
    case 'absent':
      return { ...still, action: planFile({ kind: 'absent' }, agreed, side) };
    case 'file': {
      const found = foundFile(view, id, reading);
      const present: FileSide = { kind: 'present', fingerprint: found.fingerprint };
      const current = agreementWith(agreed, found.fingerprint);
      const action = planFile(present, current, side);
      // What a crash kept from being noted is noted now.
      const isUnnoted = action === 'none' && current !== agreed && side.kind === 'live';
      return { ...still, action: isUnnoted ? 'agree' : action, agreed: current, found };
    }
  }
}

function foundFile(view: RecordView, id: RecordId, reading: FileLook & { readonly bytes: Uint8Array }): FoundFile {
  const { bytes, ...look } = reading;
  const file: FolderFile = { path: id, bytes, executable: look.executable };
  const carried = carriesMode(view, file);
  const executable = file.executable && carried;
  return {
    look,
    file: { ...file, executable },
    fingerprint: fingerprintOf(bytes, executable),
    carriesMode: carried,
  };
}
