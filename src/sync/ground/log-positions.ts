/** How far the membership log of a scope is known: here, at the relay, and as the relay tells of it. */
export interface LogPositions {
  readonly known: number;
  readonly relayKnows: number;
  /** The relay goes on telling from here. */
  readonly heardTo: number;
  /** A connection ended, or begins with a disk that holds the log up to here. */
  restart(known: number | undefined): void;
  /** The relay says how far it has the log. */
  begin(relayKnows: number): void;
  /** The relay has answered the hello. */
  open(): void;
  /** It told of entries up to here, or took the one that was wanted. */
  relayHas(sequence: number): void;
  /** It took an entry that it lacked; of what it took since it was opened it does not tell. */
  relayStored(sequence: number, isOpen: boolean): void;
  /** Entries up to here came from elsewhere; before the scope is open that counts from the next question on. */
  held(sequence: number, isOpen: boolean): void;
}

export function createLogPositions(first: number): LogPositions {
  let known = first;
  let relayKnows = -1;
  let heardTo = first;
  /** What came from elsewhere while the relay was still being asked. */
  let heldElsewhere = -1;

  return {
    get known(): number {
      return known;
    },
    get relayKnows(): number {
      return relayKnows;
    },
    get heardTo(): number {
      return heardTo;
    },
    restart(held) {
      known = held ?? Math.max(known, heldElsewhere);
      heardTo = known;
      heldElsewhere = -1;
    },
    begin(sequence) {
      known = Math.max(known, heldElsewhere);
      heardTo = known;
      relayKnows = sequence;
    },
    open() {
      relayKnows = Math.max(relayKnows, heardTo);
      known = Math.max(known, heldElsewhere);
    },
    relayHas(sequence) {
      heardTo = Math.max(heardTo, sequence);
      relayKnows = Math.max(relayKnows, sequence);
      known = Math.max(known, sequence);
    },
    relayStored(sequence, isOpen) {
      relayKnows = Math.max(relayKnows, sequence);
      heardTo = isOpen ? Math.max(heardTo, sequence) : heardTo;
    },
    held(sequence, isOpen) {
      if (isOpen) {
        known = Math.max(known, sequence);
      } else {
        heldElsewhere = Math.max(heldElsewhere, sequence);
      }
    },
  };
}
