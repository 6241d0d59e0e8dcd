export interface ControlFault {
  /** relay_away: the relay that this needs does not answer now. */
  readonly kind: 'not_found' | 'invalid' | 'conflict' | 'not_ready' | 'relay_away' | 'failed';
  readonly message: string;
  readonly reasonCode?: string;
}
