/** `1 change`, `3 changes`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long ago, as a person says it; a date where it is long ago. */
export function ago(at: string, nowMs: number = Date.now()): string {
  const passed = passedSince(at, nowMs);
  if (nowMs - Date.parse(at) >= 7 * dayMs) {
    return dateOf(at);
  }
  return passed === undefined ? 'just now' : `${passed} ago`;
}

/** `3 minutes`; undefined for less than one. */
export function passedSince(at: string, nowMs: number = Date.now()): string | undefined {
  const passedMs = nowMs - Date.parse(at);
  const [unit, unitMs] =
    passedMs < hourMs
      ? (['minute', minuteMs] as const)
      : passedMs < dayMs
        ? (['hour', hourMs] as const)
        : (['day', dayMs] as const);
  return passedMs < minuteMs ? undefined : counted(Math.floor(passedMs / unitMs), unit);
}

export function dateOf(at: string): string {
  return new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}

/** Names of the wire, such as `manual_review_required`, as words. */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ').replace('/', ': ');
}

/** Foreign text with what would mislead the eye made visible: control and direction signs as `\u{202e}`. */
export function shown(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`,
  );
}

/** The part of a device's id that tells it apart, where nobody gave it a name. */
export function shortId(id: string): string {
  return id.length > 14 ? `…${id.slice(-8)}` : id;
}

/** What a device may do here, as a sentence. */
export function roleText(role: string): string {
  return role === 'admin' ? 'It is an administrator.' : `It is a ${role}.`;
}
