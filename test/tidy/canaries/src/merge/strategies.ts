export const strategies = 'what stands in the room itself';
