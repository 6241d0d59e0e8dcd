import { namesHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

/** Why a text stays on this machine, in words; undefined for one that may travel. */
export function whyItStays(text: string, home: string | undefined): string | undefined {
  if (namesHome(text, home)) {
    return 'it names a home folder of one machine';
  }
  return holdsSecret(text) ? 'it holds a credential, or says where one lies' : undefined;
}

const givenAsItIs = /\bBearer\s+[\w.~+/-]{12,}/i;

const secretName = '(?:passw(?:or)?d|passphrase|passcode|secret|token|api[ _-]?key|access[ _-]?key|credentials?|pin)';
/** A value behind such a name; one that is taken from somewhere else (`$NAME`, `<name>`) is none. */
const assigned = new RegExp(
  `${secretName}s?["'\`*_]{0,3}(?:\\s{0,3}(?::=?|=)|\\s{1,3}is)\\s{0,3}["'\`*_]{0,3}(?![$<{\\s"'\`*_])(?=\\S{0,80}[\\d!@#%^&+=])\\S{4,}`,
  'i',
);

/** Files and stores that hold credentials. */
const stores =
  /\.(?:netrc|npmrc|pypirc|pgpass|git-credentials)\b|\.aws\/credentials|\.docker\/config\.json|gh\/hosts\.yml|\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\bop:\/\/|\.ssh\/|\.gnupg\b|\.kube\/config|\.vault-token|\/run\/secrets\//i;
const lies = new RegExp(
  `${secretName}s?\\b[^.\\n]{0,60}?\\b(?:in|at|under|inside|from|on|behind)\\s{1,3}(?:the\\s{1,3}|a\\s{1,3}|my\\s{1,3}|our\\s{1,3})?(?:["'\`]{0,2}(?:[~$./]|\\w{1,40}[./])|file|vault|keychain|keyring|env|environment|1password|bitwarden|lastpass|drawer|note)`,
  'i',
);
const environmentFile = new RegExp(`\\.env(?:\\.\\w{1,20})?\\b`);
const secretWord = new RegExp(secretName, 'i');

function holdsSecret(text: string): boolean {
  return holdsKnownToken(text) || givenAsItIs.test(text) || text.split('\n').some(tellsOfSecret);
}

function tellsOfSecret(line: string): boolean {
  return (
    stores.test(line) ||
    (secretWord.test(line) && (assigned.test(line) || lies.test(line) || environmentFile.test(line)))
  );
}
