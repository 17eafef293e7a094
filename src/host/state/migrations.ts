/** What has changed in the layout of the state folder from version to version. */

export interface StateMigration {
  /** The version it leads to, from the one before. */
  readonly to: number;
  /** For the log, in a few words. */
  readonly what: string;
  /** A power cut may end it anywhere, and it is then run again from its beginning: each step must bear that. */
  readonly run: (stateDir: string) => Promise<void>;
}

/**
 * In order. A change inside a database is a migration of that database (src/base/database.ts); here are moves of files and
 * changes that concern several of them.
 */
export const STATE_MIGRATIONS: readonly StateMigration[] = [
  { to: 1, what: 'the folder gets a version', run: async () => undefined },
];
