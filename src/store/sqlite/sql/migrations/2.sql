-- Graves: records of state 4, counted of each collection. A program that knows none would take them for damaged rows.
alter table collection add column collected integer not null default 0;
