export const machine = 'machine';
