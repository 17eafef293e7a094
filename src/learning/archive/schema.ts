/** The tables of `learning.db`. A released text is never changed: what follows is added as another. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE frames (
    id TEXT PRIMARY KEY,
    taken_at INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    because TEXT NOT NULL,
    visibility TEXT NOT NULL,
    head TEXT NOT NULL,
    backbone TEXT NOT NULL,
    novelty REAL,
    tiles TEXT NOT NULL,
    source_sha256 TEXT,
    picture_sha256 TEXT,
    picture_bytes INTEGER NOT NULL,
    embeddings_bytes INTEGER NOT NULL,
    label INTEGER
  ) STRICT;
  CREATE INDEX frames_by_time ON frames (taken_at, label, picture_bytes, embeddings_bytes);
  CREATE INDEX frames_to_go ON frames (because <> 'sample', taken_at) WHERE label IS NULL;
  CREATE INDEX frames_by_picture ON frames (source_sha256) WHERE source_sha256 IS NOT NULL;
  CREATE INDEX frames_by_label ON frames (label) WHERE label IS NOT NULL;

  CREATE TABLE embeddings (
    frame TEXT PRIMARY KEY REFERENCES frames (id) ON DELETE CASCADE,
    data BLOB NOT NULL
  ) STRICT;

  CREATE TABLE labels (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    frame TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    way TEXT NOT NULL,
    labels TEXT,
    rectangle TEXT
  ) STRICT;
  CREATE INDEX labels_by_frame ON labels (frame, seq);
  CREATE TRIGGER labels_stay BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'the log of labels is only added to'); END;
  CREATE TRIGGER labels_hold BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'the log of labels is only added to'); END;
  `,
  'ALTER TABLE frames RENAME COLUMN tiles TO cells',
  'ALTER TABLE labels ADD COLUMN pointing TEXT',
];
