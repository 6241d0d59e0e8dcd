export const sealed = 'sealed';
