export const port = 'what stands in the room itself';
