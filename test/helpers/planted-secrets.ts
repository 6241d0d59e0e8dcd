/**
 * Texts with the looks of secrets, by the rule that must know them. Put together from pieces, so that nobody who scans
 * this repository stumbles over them.
 */
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const run = (length: number, from = 0): string =>
  Array.from({ length }, (_, index) => letters[(index * 7 + from) % letters.length]).join('');
const capitals = (length: number): string =>
  run(length * 4)
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, length);
const hex = (length: number): string => '0123456789abcdef'.repeat(30).slice(0, length);
const onlyLetters = (length: number): string =>
  run(length * 3)
    .replace(/[^A-Za-z]/g, '')
    .slice(0, length);

const dashes = '-'.repeat(5);
export const keyBlock = (kind: string, body: string): string =>
  `${dashes}BEGIN ${kind}${dashes}\n${body}\n${dashes}END ${kind}${dashes}\n`;
const lines = (text: string): string => (text.match(/.{1,64}/g) ?? []).join('\n');
const password = run(12);

export const plantedSecrets: readonly (readonly [rule: string, text: string])[] = [
  ['private_key', keyBlock('RSA PRIVATE' + ' KEY', lines(`MIIE${run(800)}`))],
  ['private_key', keyBlock('PRIVATE' + ' KEY', `MC4CAQAwBQYDK2VwBCIEI${run(43)}`)],
  ['private_key', keyBlock('OPENSSH PRIVATE' + ' KEY', lines(`b3BlbnNzaC1rZXktdjE${run(300)}`))],
  [
    'private_key',
    keyBlock('RSA PRIVATE' + ' KEY', `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n${lines(run(400))}`),
  ],
  ['private_key', keyBlock('PGP PRIVATE' + ' KEY BLOCK', `Version: x\n\n${lines(run(400))}`)],
  ['private_key', JSON.stringify({ key: keyBlock('EC PRIVATE' + ' KEY', lines(`MHcC${run(150)}`)) })],
  ['github', `gh${'p'}_${run(36)}`],
  ['github', `github${'_pat'}_${run(82)}`],
  ['gitlab', `gl${'pat'}-${run(24)}`],
  ['aws', `AK${'IA'}${capitals(16)}`],
  ['aws', `aws_secret${'_access'}_key = ${run(40)}`],
  ['slack', `xo${'xb'}-${run(12)}-${run(24)}`],
  ['slack', `https://hooks.sl${'ack'}.com/services/T${capitals(8)}/B${capitals(8)}/${run(24)}`],
  ['npm', `np${'m'}_${run(36)}`],
  ['npm', `//registry.npmjs.org/:_auth${'Token'}=${run(36)}`],
  ['npm', `https://${run(40)}:x-oauth${'-basic'}@github.com/a/b`],
  ['basicauth', `https://alice:${password}@git.acme.org/a.git`],
  ['database-connection-string', `postgres://alice:${password}@db.acme.org:5432/main`],
  ['database-connection-string', `mysql://alice:${password}@db.acme.org/main`],
  ['database-connection-string', `mongodb+srv://alice:${password}@db.acme.org/main`],
  ['sendgrid', `S${'G'}.${run(22)}.${run(43)}`],
  ['shopify', `shp${'at'}_${run(32)}`],
  ['grafana', `gl${'sa'}_${run(32)}_${hex(8)}`],
  ['openai', `sk-${run(20)}T3Blbk${'FJ'}${run(20)}`],
  ['anthropic', `sk-ant${'-api03'}-${run(93)}AA`],
  ['groq', `gs${'k'}_${run(52)}`],
  ['huggingface', `h${'f'}_${onlyLetters(34)}`],
  ['linear', `lin${'_api'}_${run(40)}`],
  ['notion', `nt${'n'}_12345678901${run(35)}`],
  ['1password', `op${'s'}_${base64Of(`{"email":"${run(60)}","muk":{"k":"${run(40)}"}}`)}`],
  ['hashicorp-vault', `hv${'s'}.${run(95)}`],
  ['vercel', `vc${'p'}_${run(24)}`],
  ['databricks', `da${'pi'}${hex(32)}`],
  ['docker', `dckr${'_pat'}_${run(27)}`],
  ['figma', `fig${'d'}_${run(40)}`],
];

/** Such a token is known by how its text ends, so that the brace must be the first of three bytes. */
function base64Of(text: string): string {
  return Buffer.from(`${text.slice(0, -1)}${' '.repeat((3 - ((text.length - 1) % 3)) % 3)}}`).toString('base64');
}
