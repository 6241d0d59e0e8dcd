import type { PrivilegedCommand } from '../../src/api/types/privileged.ts';
import { type Answer, readAnswer, unanswered } from './answer.ts';

export interface SendOptions {
  /** The privileged command that the person has confirmed. */
  readonly confirmed?: PrivilegedCommand;
  /** The version that was seen: another one is refused (412). Null where nothing was there. */
  readonly ifMatch?: string | null;
}

/** Calls of the local API, as the page may make them. */
export interface Api {
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body?: object, options?: SendOptions): Promise<Answer<T>>;
  put<T>(path: string, body: object, options?: SendOptions): Promise<Answer<T>>;
  /** The stream of events, from behind the last one that was seen. */
  events(lastId: string | undefined, signal: AbortSignal): Promise<Response>;
}

/** `ended` is told when the bearer counts no more. */
export function createApi(bearer: string, ended: (words: string) => void): Api {
  const authorization = `Bearer ${bearer}`;

  async function call<T>(path: string, options: RequestInit): Promise<Answer<T>> {
    try {
      const answer = await readAnswer<T>(await fetch(path, options));
      if (!answer.ok && answer.status === 401) {
        ended(answer.words);
      }
      return answer;
    } catch {
      return unanswered;
    }
  }

  async function send<T>(method: 'POST' | 'PUT', path: string, body: object, options: SendOptions): Promise<Answer<T>> {
    const { confirmed, ifMatch } = options;
    return call(path, {
      method,
      headers: {
        authorization,
        'content-type': 'application/json',
        ...(confirmed === undefined ? {} : { 'sourcesync-confirmed': confirmed }),
        ...(ifMatch === undefined ? {} : ifMatch === null ? { 'if-none-match': '*' } : { 'if-match': `"${ifMatch}"` }),
      },
      body: JSON.stringify(body),
    });
  }

  return {
    get: async (path) => call(path, { headers: { authorization } }),
    post: async (path, body = {}, options = {}) => send('POST', path, body, options),
    put: async (path, body, options = {}) => send('PUT', path, body, options),
    async events(lastId, signal) {
      const response = await fetch('/v1/events', {
        headers: { authorization, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
        signal,
      });
      if (response.status === 401) {
        const answer = await readAnswer<never>(response);
        ended(answer.ok ? '' : answer.words);
      }
      return response;
    },
  };
}
