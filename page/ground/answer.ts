/** What a call came to: its value, or in words why there is none. Status 0: nobody answered. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly words: string };

export const unanswered: Answer<never> = {
  ok: false,
  status: 0,
  words: 'The daemon does not answer. It was stopped, or its keys were locked.',
};

/** Reads an answer of the daemon: JSON, or a problem document. */
export async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) {
    return { ok: true, value: body as T };
  }
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : '';
  return { ok: false, status: response.status, words: detail || `The daemon answered with ${response.status}.` };
}
