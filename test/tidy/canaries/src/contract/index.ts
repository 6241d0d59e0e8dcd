export const barrel = 'barrel';
