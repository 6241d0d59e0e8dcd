/**
 * Credentials by the marks of those who issue them, and addresses with a password in them: what is a secret wherever it
 * stands. Each looks at a bounded stretch from where it begins: a text may be long.
 */
const marks: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_][\w-]{16}/,
  /\bgh[opsur]_\w{16}|\bgithub_pat_\w|\bglpat-[\w-]{8}/,
  /\bxox[abeoprs]-[\w-]{8}|\bxapp-\w/,
  /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12}|\bAIza[\w-]{20}|\bya29\.[\w-]/,
  /\b(?:npm|hf|gsk|r8|shpat|dop_v1)_[\w-]{16}|\b(?:pypi|sq0atp|tvly|xai|nvapi)-[\w-]{16}|\bpplx-[A-Za-z0-9]{16}/,
  /\bSG\.[\w-]{16}|\bhv[bsr]\.[\w-]{20}|\bdckr_pat_\w|\blin_api_\w|\bops_ey|\bdapi[0-9a-f]{32}|\b\d{8,10}:AA[\w-]{28}/,
  /PRIVATE KEY-----|-----BEGIN [A-Z ]{0,40}PRIVATE KEY/,
  /hooks\.slack\.com\/(?:services|workflows)\/\w|discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d/,
  /:\/\/[^\s/:@"'$]{0,512}:[^\s/@"'$]{1,512}@/,
];
/** As one, so that a text is gone through once: there are tens of thousands of addresses in a list of bookmarks. */
const anyMark = new RegExp(marks.map(({ source }) => source).join('|'));
/** The first ones are quick, and most texts have none of them. */
const signedToken = [/ey[JK]/, /[\w-]{8}\.[\w-]{8}/, /\bey[JK][\w-]{8,400}\.[\w-]{8}/] as const;

export function holdsKnownToken(text: string): boolean {
  return anyMark.test(text) || signedToken.every((part) => part.test(text));
}
