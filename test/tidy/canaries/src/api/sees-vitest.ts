export { vi } from 'vitest';
