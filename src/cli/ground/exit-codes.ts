/** Exit codes of every command; a contract. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  attention: 3,
  unreachable: 4,
  notSetUp: 5,
  denied: 6,
  relay: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
