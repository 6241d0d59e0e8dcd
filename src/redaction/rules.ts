import { rules as libraryRules } from '@secretlint/secretlint-rule-preset-recommend';
import { assert } from '../base/assert.ts';

/** A secret in a text: the rule that knows it, and its offsets in UTF-16 units. */
export interface TextFind {
  readonly rule: string;
  readonly range: readonly [from: number, to: number];
}

export interface TextRule {
  readonly name: string;
  /** What every text holds in which the rule can find something: asked first, because it is cheap. */
  readonly mark: RegExp;
  readonly find: (text: string) => readonly TextFind[];
}

/** What a rule of the library is handed and gives: the part of its contract that is used here. */
interface LibraryRule {
  readonly meta: { readonly id: string };
  create(
    context: {
      createTranslator(): (messageId: string) => { readonly messageId: string };
      report(found: {
        readonly message: { readonly messageId: string };
        readonly range: readonly [number, number];
      }): void;
    },
    options: object,
  ): { file(source: LibrarySource): unknown };
}

interface LibrarySource {
  readonly content: string;
  readonly filePath: string | undefined;
  readonly ext: string;
  readonly contentType: 'text';
}

const prefix = '@secretlint/secretlint-rule-';
const urlWithPassword = /:\/\/[^/\s]{1,512}@/;

/**
 * By rule of the library, the mark of the texts that it may find something in. Two rules have none and are left out:
 * `gcp` reads files and is asynchronous, and the private key inside of what it looks for is found by itself;
 * `filter-comments` lets a text switch the others off.
 */
const marks: Readonly<Record<string, RegExp | undefined>> = {
  '1password': /ops_ey/,
  anthropic: /sk-ant-/,
  aws: /(?:A3T[A-Z0-9]|A[GIKNRS][A-Z]A)[A-Z0-9]{16}|(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)/,
  basicauth: urlWithPassword,
  'database-connection-string': urlWithPassword,
  databricks: /dapi[A-Fa-f0-9]{32}/,
  docker: /dckr_pat_/,
  figma: /figd_/,
  'filter-comments': undefined,
  gcp: undefined,
  github: /gh[oprsu]_[A-Za-z0-9_]{36}|github_pat_/,
  gitlab: /glpat-/,
  grafana: /gl(?:c|sa)_[A-Za-z0-9+/]{32}/,
  groq: /gsk_/,
  'hashicorp-vault': /hv[bsr]\./,
  huggingface: /hf_[a-zA-Z]{34}/,
  linear: /lin_api_/,
  notion: /ntn_[0-9]{11}/,
  npm: /npm_[A-Za-z0-9_]{36}|_authToken=|x-oauth-basic@/,
  openai: /sk-/,
  privatekey: /PRIVATE KEY/,
  sendgrid: /SG\.\w{1,128}\.\w/,
  shopify: /shp(?:pa|ca|at|ss)_/,
  slack: /xox[abopr]-|xapp-|[kK][sS]\.[sS][lL][aA][cC][kK]\./,
  vercel: /vc[pivark]_[A-Za-z0-9]{20}/,
};

/** Rules of the library by name, with those that are left out. */
export const libraryRuleNames: readonly string[] = (libraryRules as readonly LibraryRule[]).map(nameOf);

// Of these two the library asks what file a text came from: a package.json or an .npmrc.
const filePathsOf: Readonly<Record<string, readonly (string | undefined)[]>> = { npm: [undefined, '.npmrc'] };

/** An account number is no secret. */
const harmless: ReadonlySet<string> = new Set(['AWSAccountID']);

/** A text is one value: more than this many finds say nothing new. */
const maximumFinds = 16;

export const textRules: readonly TextRule[] = [
  { name: 'private_key', mark: /PRIVATE KEY/, find: findPrivateKeys },
  ...(libraryRules as readonly LibraryRule[]).flatMap((rule) => {
    const name = nameOf(rule);
    const mark = marks[name];
    return mark === undefined ? [] : [{ name, mark, find: finderOf(rule, name) }];
  }),
];

function nameOf(rule: LibraryRule): string {
  return rule.meta.id.slice(prefix.length);
}

/** Runs a rule by itself, without the library's own runner, which is asynchronous and reads its configuration. */
function finderOf(rule: LibraryRule, name: string): TextRule['find'] {
  let finds: TextFind[] = [];
  const { file } = rule.create(
    {
      // The library would quote the secret in its message: here a message is its id alone.
      createTranslator: () => (messageId) => ({ messageId }),
      report({ message, range }) {
        if (finds.length < maximumFinds && !harmless.has(message.messageId)) {
          finds.push({ rule: name, range: [range[0], range[1]] });
        }
      },
    },
    { allows: [], enableIDScanRule: true },
  );
  const filePaths = filePathsOf[name] ?? [undefined];
  return (content) => {
    finds = [];
    for (const filePath of filePaths) {
      const answer = file({ content, filePath, ext: '', contentType: 'text' });
      assert(answer === undefined, 'the rules that are used here are synchronous');
    }
    return finds;
  };
}

const keyHeader = /-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyFooter = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const maximumKeyLength = 16_384;

/**
 * Any private key block with key material behind its header. The library knows long unencrypted ones alone: a key of
 * Ed25519 is too short for it, and an encrypted or an OpenPGP key has lines of headers.
 */
function findPrivateKeys(text: string): readonly TextFind[] {
  const finds: TextFind[] = [];
  for (const header of text.matchAll(keyHeader)) {
    const bodyStart = header.index + header[0].length;
    const dashes = text.indexOf('-----', bodyStart);
    const bodyEnd = Math.min(dashes === -1 ? text.length : dashes, bodyStart + maximumKeyLength);
    if (/[A-Za-z0-9+/=]{16}/.test(text.slice(bodyStart, bodyEnd))) {
      keyFooter.lastIndex = bodyEnd;
      const end = keyFooter.test(text) ? keyFooter.lastIndex : bodyEnd;
      finds.push({ rule: 'private_key', range: [header.index, end] });
    }
    if (finds.length >= maximumFinds) {
      break;
    }
  }
  return finds;
}
