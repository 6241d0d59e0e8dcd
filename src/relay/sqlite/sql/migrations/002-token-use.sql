-- Version 1 to 2. The roots of scopes, which version 2 also lists as readers, are added by migrate.ts.

CREATE TABLE token_use (
  token_id TEXT PRIMARY KEY,
  uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
