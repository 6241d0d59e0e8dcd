import { sodium } from './sodium.ts';

export const passphraseSaltSizeBytes = 16;

/** How much work one guess costs. */
export interface PassphraseCost {
  readonly memoryBytes: number;
  /** Passes over the memory. */
  readonly operations: number;
}

export const passphraseCost: PassphraseCost = { memoryBytes: 64 * 1024 * 1024, operations: 3 };

/** Whoever can write the parameters may neither make guessing cheap nor take all memory and time of who opens. */
const mostCost: PassphraseCost = { memoryBytes: 256 * 1024 * 1024, operations: 8 };

/** Argon2id works on whole kibibytes. */
export function isAcceptedCost({ memoryBytes, operations }: PassphraseCost): boolean {
  return (
    isBetween(memoryBytes, passphraseCost.memoryBytes, mostCost.memoryBytes) &&
    memoryBytes % 1024 === 0 &&
    isBetween(operations, passphraseCost.operations, mostCost.operations)
  );
}

/**
 * 32 bytes by Argon2id (RFC 9106, one lane) from a passphrase and 16 random bytes. It takes a good part of a second and
 * all of the named memory, so it belongs into a thread of its own. Undefined when the cost or the salt is not accepted.
 */
export function keyFromPassphrase(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: PassphraseCost,
): Uint8Array | undefined {
  if (!isAcceptedCost(cost) || salt.length !== passphraseSaltSizeBytes) {
    return undefined;
  }
  const { memoryBytes, operations } = cost;
  return sodium.crypto_pwhash(32, passphrase, salt, operations, memoryBytes, sodium.crypto_pwhash_ALG_ARGON2ID13);
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
