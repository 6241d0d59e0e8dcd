import type { ProblemCode } from '../../sources/ground/problem-code.ts';

/** Why a file was not moved. never: as long as file and record are what they are. */
export interface MoveFault {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly retry: 'soon' | 'slowly' | 'never';
}

/** Ends a move from inside of it. */
export class MoveEnded extends Error {
  readonly fault: MoveFault;

  constructor(fault: MoveFault) {
    super(fault.detail);
    this.fault = fault;
  }
}
