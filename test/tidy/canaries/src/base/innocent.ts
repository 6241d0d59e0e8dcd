export const innocent = 'innocent';
