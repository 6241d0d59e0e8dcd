-- What a relay keeps. Clear columns are what the trust protocol (section 11) says a relay learns, and no others.

CREATE TABLE scope (
  scope_key INTEGER PRIMARY KEY,
  scope_id TEXT NOT NULL UNIQUE,
  entry_count INTEGER NOT NULL,
  entry_bytes INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
  scope_key INTEGER NOT NULL REFERENCES scope,
  sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (scope_key, sequence)
) STRICT;

CREATE TABLE member (
  device_id TEXT NOT NULL,
  scope_key INTEGER NOT NULL REFERENCES scope,
  PRIMARY KEY (device_id, scope_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_scope ON member (scope_key);

CREATE TABLE chain (
  chain_key INTEGER PRIMARY KEY,
  scope_key INTEGER NOT NULL REFERENCES scope,
  device_id TEXT NOT NULL,
  head_sequence INTEGER NOT NULL,
  head_id TEXT NOT NULL,
  UNIQUE (scope_key, device_id)
) STRICT;

-- `bytes` stands last, so that reading the other columns never follows its overflow pages.
CREATE TABLE batch (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT,
  scope_key INTEGER NOT NULL REFERENCES scope,
  chain_key INTEGER NOT NULL REFERENCES chain,
  sequence INTEGER NOT NULL,
  batch_id TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX batch_by_chain ON batch (chain_key, sequence);
CREATE INDEX batch_by_scope ON batch (scope_key);

CREATE TABLE usage (
  device_id TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many scopes were founded with a registration token. The id names it, and is not enough to use it.
CREATE TABLE token_use (
  token_id TEXT PRIMARY KEY,
  uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
