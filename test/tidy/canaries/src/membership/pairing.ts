export const pairing = 'what stands in the room itself';
