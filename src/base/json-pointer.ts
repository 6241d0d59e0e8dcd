import { type JsonValue, isJsonObject } from './json.ts';

/** A pointer one member deeper. Source: RFC 6901. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Unescaped reference tokens of a JSON pointer; undefined when it is none. Source: RFC 6901. */
export function tokensOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') {
    return [];
  }
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    return undefined;
  }
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer; undefined when there is none. Own members only. */
export function valueAt(target: JsonValue | null, pointer: string): JsonValue | undefined {
  let current: JsonValue | undefined = target;
  for (const token of tokensOf(pointer) ?? []) {
    current = isJsonObject(current) && Object.hasOwn(current, token) ? current[token] : undefined;
  }
  return current;
}
