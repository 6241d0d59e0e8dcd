export const program = 'program';
