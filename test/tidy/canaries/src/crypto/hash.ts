export const hashed = 'hashed';
