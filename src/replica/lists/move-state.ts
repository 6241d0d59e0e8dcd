import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { ArrivalContent } from '../names/arrival-content.ts';

/** What the replica remembers of renames beside its store. */
export interface Moves {
  /** What an arrival brings, where it was read lately: it follows from the change alone. */
  contentOf(arrival: ChangeId): ArrivalContent | undefined;
  keepContent(arrival: ChangeId, content: ArrivalContent): void;
  /** Something of a rename happened to a record in the transaction under way: it is looked at before its end. */
  touch(record: MovedRecord): void;
  /** The records that were touched; from here on they are not. */
  takeTouched(): readonly MovedRecord[];
  /** What waits of a record is judged again once the change that is judged now has been. `wake` judges it. */
  wakeLater(record: MovedRecord, wake: (record: MovedRecord) => void): void;
  /** A transaction failed: what it touched never was. */
  forget(): void;
}

export interface MovedRecord {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

const mostContents = 256;
const mostBytes = 4 * 1024 * 1024;

export function createMoves(): Moves {
  // In order of use, the one that was not used for longest first.
  const contents = new Map<ChangeId, { readonly content: ArrivalContent; readonly sizeBytes: number }>();
  const touched = new Map<string, MovedRecord>();
  let heldBytes = 0;
  let toWake: MovedRecord[] = [];
  let isWaking = false;

  return {
    contentOf(arrival) {
      const known = contents.get(arrival);
      if (known !== undefined) {
        contents.delete(arrival);
        contents.set(arrival, known);
      }
      return known?.content;
    },
    keepContent(arrival, content) {
      const sizeBytes = (content.document?.length ?? 0) + JSON.stringify(content.fields).length;
      if (sizeBytes > mostBytes / 4 || contents.has(arrival)) {
        return;
      }
      contents.set(arrival, { content, sizeBytes });
      heldBytes += sizeBytes;
      for (const [oldest, kept] of contents) {
        if (contents.size <= mostContents && heldBytes <= mostBytes) {
          return;
        }
        contents.delete(oldest);
        heldBytes -= kept.sizeBytes;
      }
    },
    touch(record) {
      touched.set(`${record.collection}/${record.id}`, record);
    },
    takeTouched() {
      const records = [...touched.values()];
      touched.clear();
      return records;
    },
    wakeLater(record, wake) {
      toWake.push(record);
      // One after the other: records that were renamed again and again must not pile up calls.
      if (!isWaking) {
        isWaking = true;
        for (let next = toWake.shift(); next !== undefined; next = toWake.shift()) {
          wake(next);
        }
        isWaking = false;
      }
    },
    forget() {
      touched.clear();
      toWake = [];
      isWaking = false;
    },
  };
}
