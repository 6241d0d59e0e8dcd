/** `type` of a problem: the relay that this needs is not there now. */
export const relayAway = 'relay_unreachable';
