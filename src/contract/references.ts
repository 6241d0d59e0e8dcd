/** A field that refers to other records, as the record schema of its collection says (`x-reference`). */
export interface ReferenceField {
  /** JSON pointer. */
  readonly path: string;
  /**
   * field: the value is `collection/id`, or `{"$ref": "collection/id", version?, kind?}`. edges: an object of
   * `{type, to, required?, version?, kind?}` by edge id.
   */
  readonly form: 'field' | 'edges';
  /** Whether a record is useless without what it refers to; an edge may say otherwise of itself. */
  readonly required: boolean;
}

/** The edge along which the records of a collection form a tree (`x-tree`); what refers elsewhere is no part of it. */
export type TreeEdge =
  | { readonly form: 'field'; readonly path: string }
  /** Of several edges of the type the first by edge id. */
  | { readonly form: 'edges'; readonly path: string; readonly type: string };
