/** Where a page for the person opens. The code after `#` counts once, until `expiresAt` (RFC 3339 in UTC). */
export interface OpenedPageBody {
  readonly url: string;
  readonly expiresAt: string;
}
