/** Nothing shorter is told apart. */
export const minimumPaddedBytes = 256;

/**
 * Size to which a body of `sizeBytes` is padded: PADMÉ, which leaks O(log log n) bits of the size and adds at most
 * 12 %, and never less than 256. Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and
 * Communication with PURBs", 2019.
 */
export function paddedSizeBytes(sizeBytes: number): number {
  if (sizeBytes <= minimumPaddedBytes) {
    return minimumPaddedBytes;
  }
  const exponent = Math.floor(Math.log2(sizeBytes));
  const mantissaBits = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - mantissaBits);
  return Math.ceil(sizeBytes / step) * step;
}
