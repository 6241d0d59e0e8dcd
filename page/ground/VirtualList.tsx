import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Every row has this height. */
  readonly rowPx: number;
  /** Position of the row that is kept in sight. */
  readonly at: number;
  readonly row: (item: T, at: number) => JSX.Element;
}

const beyond = 8;

/** A list of any length of which only what is in sight stands in the page. */
export function VirtualList<T>({ label, items, keyOf, rowPx, at, row }: VirtualListProps<T>): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) {
      return;
    }
    const watcher = new ResizeObserver(() => setHeight(element.clientHeight));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    const element = frame.current;
    if (element === null || at < 0) {
      return;
    }
    if (at * rowPx < element.scrollTop) {
      element.scrollTop = at * rowPx;
    } else if ((at + 1) * rowPx > element.scrollTop + element.clientHeight) {
      element.scrollTop = (at + 1) * rowPx - element.clientHeight;
    }
  }, [at]);

  const first = Math.max(0, Math.floor(top / rowPx) - beyond);
  const last = Math.min(items.length, Math.ceil((top + height) / rowPx) + beyond);
  return (
    <div class="virtual" ref={frame} onScroll={(event) => setTop(event.currentTarget.scrollTop)} tabIndex={-1}>
      <ul aria-label={label} style={{ height: `${items.length * rowPx}px` }}>
        {items.slice(first, last).map((item, index) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={first + index + 1}
            style={{ top: `${(first + index) * rowPx}px`, height: `${rowPx}px` }}
          >
            {row(item, first + index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
