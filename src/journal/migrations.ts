/** The journal's tables, one step for each `user_version`. */
import type { Database } from 'bun:sqlite'

/**
 * Versions are text, because their nanoseconds and inodes do not fit SQLite's numbers as the runtime
 * gives them. `due_ms` counts on the monotonic clock of this run.
 */
const STEPS = [
  `CREATE TABLE directories (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);
   CREATE TABLE uploads (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     directory INTEGER NOT NULL,
     name BLOB NOT NULL,
     root BLOB NOT NULL,
     size INTEGER NOT NULL,
     version TEXT NOT NULL,
     state TEXT NOT NULL,
     lane TEXT NOT NULL,
     due_ms REAL NOT NULL DEFAULT 0,
     wait_ms REAL NOT NULL DEFAULT 0,
     attempts INTEGER NOT NULL DEFAULT 0,
     reason TEXT NOT NULL DEFAULT '',
     chain_offset INTEGER,
     chain BLOB,
     receipt TEXT,
     UNIQUE (directory, name)
   );
   CREATE INDEX uploads_due ON uploads (state, lane, due_ms, id);
   CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  `ALTER TABLE uploads ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;`,
  // With these the journal's counts are read without its rows.
  `DROP INDEX uploads_due;
   CREATE INDEX uploads_due ON uploads (state, lane, due_ms, id, size);
   CREATE INDEX uploads_reason ON uploads (reason) WHERE reason != '';
   UPDATE uploads SET receipt = NULL WHERE state = 'kept';`,
] as const

/** Brings an older journal up to date; refuses one from a newer program. */
export function migrate(db: Database): void {
  const row = db.query('PRAGMA user_version').get() as { user_version: number }
  if (row.user_version > STEPS.length) {
    throw new Error(`the journal was made by a newer version (${row.user_version})`)
  }
  db.transaction(() => {
    for (const step of STEPS.slice(row.user_version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${STEPS.length}`)
  }).immediate()
}
