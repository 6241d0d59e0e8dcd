import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 } from 'uuid';

export const file = readFileSync('settings');
export const bytes = randomBytes(32);
export const id = v7();
export const now = Date.now();
export const chance = Math.random();
export const home = process.env['HOME'];
export const timer = setTimeout(() => undefined, 1);
export const elsewhere = globalThis.process;

export function forgets(): void {
  wait(1);
}

export function namesOne(state: 'dirty' | 'current'): string {
  switch (state) {
    case 'dirty':
      return 'sends';
    default:
      return 'rests';
  }
}
