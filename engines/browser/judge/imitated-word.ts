import { looksOf } from '../../../src/base/look-alike.ts';

const shortest = 4;
const mostWords = 200;

/**
 * The word of a title that a part of a host name only looks like (`PayPal` and `paypa1.com`), or the host that the title
 * names where it is another one. Undefined where the title says nothing of the kind.
 */
export function imitatedWord(title: string, hostname: string): string | undefined {
  const named = /^(?:https?:\/\/|(?=www\.))([^\s/?#:]+)/i.exec(title.trim())?.[1] ?? bareHost(title.trim());
  if (named !== undefined && bare(named) !== bare(hostname) && !bare(hostname).endsWith(`.${bare(named)}`)) {
    return named;
  }
  const labels = hostname.split(/[.-]/).filter((label) => label.length >= shortest);
  const looks = new Map(labels.map((label) => [looksOf(label), label]));
  const words = title.split(/[^\p{L}\p{N}]+/u).slice(0, mostWords);
  return words.find((word) => {
    const label = word.length >= shortest ? looks.get(looksOf(word)) : undefined;
    return label !== undefined && label !== word.toLowerCase() && label !== withoutAccents(word);
  });
}

/** As people write their name where no accents are to be had. */
function withoutAccents(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function bareHost(title: string): string | undefined {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|gov|edu|bank)$/i.test(title) ? title : undefined;
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\./, '');
}
