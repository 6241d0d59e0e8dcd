/** Numbers of the invariants in the reliability page, as `invariant 1`. */
export type OracleNumber =
  | 1
  | 2
  | 3
  | 4
  | 5
  | 6
  | 7
  | 8
  | 9
  | 10
  | 11
  | 12
  | 13
  | 14
  | 15
  | 16
  | 17
  | 18
  | 19
  | 20
  | 21
  | 22
  | 23
  | 24
  | 25
  | 26
  | 27
  | 29
  | 30
  | 37
  | 38
  | 39
  | 40
  | 41
  | 42
  | 43
  /** Who wrote a change is its device's owner, or an agent of it. */
  | 'author'
  /** What the page of semantics says of mass changes, of sets by owner and of the audit. */
  | 'audit'
  | 'brake'
  | 'owner set';

/** An invariant that did not hold. */
export interface Finding {
  readonly oracle: OracleNumber;
  readonly what: string;
}

export type Report = (oracle: OracleNumber, what: string) => void;
