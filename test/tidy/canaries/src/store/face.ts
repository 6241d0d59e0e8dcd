export const face = 'what stands in the room itself';
