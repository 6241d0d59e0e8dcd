import { useEffect, useRef } from 'preact/hooks';

/** What goes on while its key is held down: it decides nothing. */
const moving: ReadonlySet<string> = new Set(['j', 'k']);

/** Single keys, as long as nobody types text or holds a modifier. Holding one down decides once. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      const isIn = (selector: string): boolean => (target?.closest(selector) ?? null) !== null;
      const isTyping = isIn('input, textarea, select, dialog');
      const isActivating = event.key === 'Enter' && isIn('button, a, summary');
      if (event.repeat && event.key === 'Enter' && isIn('button')) {
        // The button stays, and is about the next item already.
        event.preventDefault();
        return;
      }
      const act = event.repeat && !moving.has(event.key) ? undefined : latest.current[event.key];
      if (act === undefined || isTyping || isActivating || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
