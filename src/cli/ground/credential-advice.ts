import type { FoundInFile } from './credentials.ts';

/** Words that say what to write where a credential stands, so that its program goes on working. */
export function adviceFor({ format, file, name, forms }: FoundInFile, id: string): readonly string[] {
  const got = `$(sourcesync secrets get ${id})`;
  switch (format) {
    case 'shell':
      return [inShell(file, name, got)];
    case 'env':
      return [
        `An .env file is not run: take the line away, and start the program with ${variable(name)}="${got}" PROGRAM`,
        `Where a shell reads the file, ${variable(name)}="${got}" works in it.`,
      ];
    case 'npmrc':
      return npmAdvice(name, id, got);
    case 'aws':
      return [awsAdvice(name, id, forms[0]?.startsWith('{') === true)];
    case 'gh':
      return [`Take the oauth_token line away, and write in your shell's start file: ${githubVariable(name, got)}`];
    case 'docker':
      return dockerAdvice(name, id);
    case 'pgpass':
      return [`Take the line away, and start programs with PGPASSWORD="${got}" psql`];
    case 'netrc':
    case 'git-credentials':
      return [
        `Take it away; for git, with your user name for USER: git config --global 'credential.https://${host(name)}.helper' '!f() { test "$1" = get && echo username=USER && echo "password=${got}"; }; f'`,
        `For curl: curl --user "USER:${got}" https://${host(name)}/`,
      ];
    case 'ini':
      return file.endsWith('.pypirc')
        ? [`Take the line away, and upload with TWINE_PASSWORD="${got}" twine upload dist/*`]
        : [`Take the line away; its program can be handed "${got}" on a line of a shell.`];
  }
}

function inShell(file: string, name: string, got: string): string {
  if (!isVariable(name)) {
    return `Write there, in double quotes: "${got}"`;
  }
  if (file.endsWith('.fish')) {
    return `Write there: set -gx ${name} ${got.slice(1)}`;
  }
  return file.endsWith('cshrc')
    ? `Write there: setenv ${name} "\`${got.slice(2, -1)}\`"`
    : `Write there: export ${name}="${got}"`;
}

function npmAdvice(name: string, id: string, got: string): readonly string[] {
  const key = /^[\w@:./-]+$/.test(name) ? name : 'KEY';
  const from = name.includes('//registry.npmjs.org/') ? 'NPM_TOKEN' : id.replaceAll('-', '_').toUpperCase();
  return [`Write there: ${key}=\${${from}}`, `and in your shell's start file: export ${from}="${got}"`];
}

function awsAdvice(name: string, id: string, isWhole: boolean): string {
  const profile = name === 'default' ? '[default]' : `[profile ${name}]`;
  return isWhole
    ? `Take the key lines of this profile away, and write in ~/.aws/config, below ${profile}: credential_process = sourcesync secrets get ${id}`
    : `Take the line away, and start programs with AWS_SECRET_ACCESS_KEY="$(sourcesync secrets get ${id})"`;
}

function githubVariable(name: string, got: string): string {
  return name === 'github.com'
    ? `export GH_TOKEN="${got}"`
    : `export GH_HOST=${host(name)} GH_ENTERPRISE_TOKEN="${got}"`;
}

function dockerAdvice(name: string, id: string): readonly string[] {
  return [
    `Make a program docker-credential-${id} in a folder of PATH (chmod +x) of two lines: #!/bin/sh and [ "$1" = get ] && exec sourcesync secrets get ${id}`,
    `Take the entry in "auths" away, and write: "credHelpers": {"${host(name)}": "${id}"}`,
  ];
}

/** What a file says is written into a command only where no shell can take it for more than a name. */
function host(name: string): string {
  return /^[A-Za-z0-9][\w.:/-]*$/.test(name) ? name : 'HOST';
}

function variable(name: string): string {
  return isVariable(name) ? name : 'NAME';
}

function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

/** A name for the vault, harmless on the line of a shell; not one of those that are taken. */
export function suggestedId({ format, name, kind }: FoundInFile, isTaken: (id: string) => boolean): string {
  const prefix = prefixes[format];
  const own = name.startsWith('(') || name.startsWith('line ') ? kind : name;
  const plain = `${prefix}${own}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const first = plain === '' ? 'secret' : plain;
  let id = first;
  for (let count = 2; isTaken(id); count += 1) {
    id = `${first}-${count}`;
  }
  return id;
}

const prefixes: Readonly<Record<FoundInFile['format'], string>> = {
  ...{ shell: '', env: '', netrc: 'netrc-', npmrc: 'npm-', ini: '', aws: 'aws-', gh: 'gh-', docker: 'registry-' },
  ...{ pgpass: 'pg-', 'git-credentials': 'git-' },
};
