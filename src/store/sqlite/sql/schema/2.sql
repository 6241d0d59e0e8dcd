-- Everything one device keeps, as it is created today.
-- `hash` is a keyed hash that a row is looked up by; `version` is half of the nonce that seals `payload`, and names the
-- writing of the row; `payload` is sealed. Names, ids, paths and content stand in payloads only.

-- One row for each time the store was opened: the random half of the nonces that were used then.
create table session (
  session integer primary key,
  prefix blob not null
) strict;

-- Fails to open under other keys than those that the store was made with.
create table key_check (
  row integer primary key,
  payload blob not null
) strict;

create table setting (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null
) strict;

-- Scopes, devices, engines and other short texts that many rows name by a small number.
create table name (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null
) strict;

create table collection (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null,
  live integer not null default 0,
  tombstoned integer not null default 0,
  collected integer not null default 0,
  review integer not null default 0,
  conflicts integer not null default 0,
  quarantined integer not null default 0
) strict;

-- From a record's hash to its row, which is its collection times 2^36 and its number in order of first arrival.
create table record_index (
  hash blob primary key,
  row integer not null
) strict, without rowid;

-- state: 0 live, 1 tombstoned, 2 absent, 3 known by its history alone, 4 a grave.
-- stamp_key: collection and stamp of append-only rows.
create table record (
  row integer primary key,
  state integer not null,
  version integer not null,
  stamp_key blob,
  payload blob not null
) strict;

create index record_not_live on record (state) where state <> 0;
create index record_by_stamp on record (stamp_key) where stamp_key is not null;

-- tag: a keyed hash over the other columns.
-- waiting_key: collection and stamp of changes that wait.
create table history (
  row integer primary key,
  change_id blob not null,
  record integer not null,
  scope integer not null,
  device integer not null,
  sequence integer not null,
  position integer not null,
  stamp blob not null,
  disposition integer not null,
  waiting_key blob,
  tag blob not null
) strict;

create index history_by_change on history (substr(change_id, 1, 8));
create index history_by_record on history (record);
create index history_waiting on history (waiting_key) where waiting_key is not null;

create table log (
  row integer primary key,
  scope integer not null,
  device integer not null,
  sequence integer not null,
  batch_id blob not null,
  bytes blob not null
) strict;

create unique index log_by_sequence on log (scope, device, sequence);

create table chain_head (
  scope integer not null,
  device integer not null,
  sequence integer not null,
  batch_id blob not null,
  primary key (scope, device)
) strict, without rowid;

create table acknowledgement (
  scope integer not null,
  relay blob not null,
  sequence integer not null,
  primary key (scope, relay)
) strict, without rowid;

create table scope_entry (
  row integer primary key,
  scope integer not null,
  sequence integer not null,
  version integer not null,
  payload blob not null
) strict;

create unique index scope_entry_by_sequence on scope_entry (scope, sequence);

create table epoch_key (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null
) strict;

create table review (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null,
  collection integer not null,
  subject blob not null,
  counter integer not null
) strict;

create index review_open on review (row) where counter <> 0;
create index review_open_of_collection on review (collection) where counter <> 0;
create index review_of_record on review (subject) where counter <> 0;

create table quarantine (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null,
  collection integer not null,
  counter integer not null
) strict;

create index quarantine_held on quarantine (row) where counter <> 0;
create index quarantine_held_of_collection on quarantine (collection) where counter <> 0;

create table audit (
  row integer primary key,
  version integer not null,
  payload blob not null
) strict;

create table transition (
  row integer primary key,
  engine integer not null,
  version integer not null,
  payload blob not null
) strict;

create index transition_by_engine on transition (engine);

create table link (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null
) strict;

create table linked_file (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null,
  link integer not null
) strict;

create index linked_file_by_link on linked_file (link);

create table vault (
  row integer primary key,
  hash blob not null unique,
  version integer not null,
  payload blob not null
) strict;
