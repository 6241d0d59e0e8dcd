// A line is "[ ] Title" or "[x] Title"; any other line belongs to whoever wrote it.
const entry = /^\[([ x])\] (.+)$/;
const idOf = (title) => `reading-list/${encodeURIComponent(title)}`;
const lineOf = ({ title, read }) => `[${read ? 'x' : ' '}] ${title}`;

// Of two lines with one title the first is the unit.
const parse = (text) => {
  const units = new Map();
  for (const line of text.split('\n')) {
    const [, mark, title] = entry.exec(line) ?? [];
    if (title !== undefined && !units.has(title)) {
      units.set(title, { id: idOf(title), fields: { title, read: mark === 'x' } });
    }
  }
  return [...units.values()];
};

const render = (text, units) => {
  const wanted = new Map(units.map(({ id, fields }) => [id, lineOf(fields)]));
  const seen = new Set();
  const lines = text.split('\n').flatMap((line) => {
    const title = entry.exec(line)?.[2];
    if (title === undefined || seen.has(title)) {
      return [line];
    }
    seen.add(title);
    const own = wanted.get(idOf(title));
    wanted.delete(idOf(title));
    return own === undefined ? [] : [own];
  });
  const kept = lines.join('\n');
  const isEnded = kept === '' || kept.endsWith('\n');
  return wanted.size === 0 ? kept : `${kept}${isEnded ? '' : '\n'}${[...wanted.values()].join('\n')}\n`;
};

exports.places = { 'reading-list': { parse, render } };
