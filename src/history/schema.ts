/** The database `history.db`: some fifteen bytes for each hour and thing that was seen in it. */

export const HISTORY_FILE = 'history.db';

/** A released text is never changed: what follows is added as another. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (scope, kind, name)
  ) STRICT;
  CREATE TABLE hours (
    hour INTEGER NOT NULL,
    series INTEGER NOT NULL REFERENCES series (id),
    ms INTEGER NOT NULL,
    PRIMARY KEY (hour, series)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    start_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    peak INTEGER NOT NULL,
    open INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('running', 0), ('killed', 0), ('cut_ms', 0);
  `,
  // Highest count of riders: of an hour beside the time of each rider together, and of a session.
  `
  ALTER TABLE hours ADD COLUMN peak INTEGER;
  ALTER TABLE sessions ADD COLUMN peak_count INTEGER;
  `,
];

/** The version from which on counts are kept. */
export const COUNTS_SINCE = 2;
