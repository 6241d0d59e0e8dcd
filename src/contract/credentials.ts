/** How a file that keeps credentials is written. */
export type CredentialFormat =
  | 'shell'
  | 'env'
  | 'netrc'
  | 'npmrc'
  | 'ini'
  | 'aws'
  | 'gh'
  | 'docker'
  | 'pgpass'
  | 'git-credentials';

/** A credential in a file of this machine. It stays in the process that found it. */
export interface Credential {
  /** From 1. */
  readonly line: number;
  /** The variable, host or section beside it; never itself. */
  readonly name: string;
  /** `password`, `token`, `key`, or the rule that knows it by its looks. */
  readonly kind: string;
  /**
   * What it is: first the form that the vault is offered, then others that mean the same. None where it stands in the
   * file as nobody but its own program can read it.
   */
  readonly forms: readonly string[];
}

/** Credentials of one file, first to last; a text instead says why it could not be taken apart. */
export type FindCredentials = (format: CredentialFormat, text: string) => readonly Credential[] | string;
