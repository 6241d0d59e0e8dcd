export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}
