import type { Company } from './company.ts';
import type { OpenDocument } from './open-document.ts';

export interface RoomState {
  readonly company: Company;
  readonly document: OpenDocument;
  /** Versions that were told of and that the open document lacks. */
  readonly told: Set<string>;
}
