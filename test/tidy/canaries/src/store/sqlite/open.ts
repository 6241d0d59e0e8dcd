export const opened = 'opened';
