export function forgets(work: () => Promise<void>): void {
  work();
}

export function namesOne(state: 'up' | 'down'): string {
  switch (state) {
    case 'up':
      return 'sends';
  }
  return 'waits';
}
