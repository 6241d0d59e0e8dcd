export const sealing = 'sealing';
