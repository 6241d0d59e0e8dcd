/** A moment as people of this place write it: `2026-01-31 14:05`, with its seconds where they are wanted. */
export function localTime(at: string, to: 'minutes' | 'seconds' = 'minutes'): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  return Number.isNaN(date.getTime())
    ? at
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}${to === 'seconds' ? `:${two(date.getSeconds())}` : ''}`;
}
