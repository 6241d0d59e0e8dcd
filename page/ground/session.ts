import { type Answer, readAnswer, unanswered } from './answer.ts';

// Session storage, unlike a cookie, is not sent to what listens on other ports, and cannot be read there.
const storageKey = 'sourcesync.bearer';
const codeForm = /^#([\w-]{43})$/;

/** The bearer of this tab: the one that it has, or the one that the code in its address is changed for, once. */
export async function openSession(): Promise<Answer<string>> {
  const code = codeForm.exec(location.hash)?.[1];
  if (code === undefined) {
    const kept = sessionStorage.getItem(storageKey);
    return kept === null ? notOpened : { ok: true, value: kept };
  }
  // Before anything else: the code shall stand in no history and be sent by no reload.
  history.replaceState(null, '', '/');
  try {
    const response = await fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    const answer = await readAnswer<{ readonly token: string }>(response);
    if (!answer.ok) {
      return answer;
    }
    sessionStorage.setItem(storageKey, answer.value.token);
    return { ok: true, value: answer.value.token };
  } catch {
    return unanswered;
  }
}

const notOpened: Answer<never> = { ok: false, status: 401, words: 'This page is opened by a command.' };
