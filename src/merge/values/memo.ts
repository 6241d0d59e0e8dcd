/** The same function, computed once for each key while the answer is held. */
export function memo<Key, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) {
      known.set(key, work(key));
    }
    return known.get(key) as Value;
  };
}
