/** Opens a state folder in a process of its own, which a test kills at the step it names. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../src/base/clock.ts';
import { openDatabase } from '../../../src/base/database.ts';
import { STATE_MIGRATIONS, type StateMigration } from '../../../src/host/state/migrations.ts';
import { openState } from '../../../src/host/state/open.ts';

const [stateDir = '', die = ''] = process.argv.slice(2);

function step(name: string): void {
  process.stdout.write(`${name}\n`);
  if (name === die) process.kill(process.pid, 'SIGKILL');
}

/** Two of several steps each, that can be run again. */
const others: StateMigration[] = [
  {
    to: 2,
    what: 'notes move into a database',
    run: async folder => {
      step('2a');
      const { database } = openDatabase({
        path: join(folder, 'notes.db'),
        migrations: ['CREATE TABLE notes (text TEXT PRIMARY KEY)'],
        now: 0,
      });
      step('2b');
      database.run("INSERT OR IGNORE INTO notes VALUES ('kept')");
      step('2c');
      database.close();
      step('2d');
    },
  },
  {
    to: 3,
    what: 'a file is written',
    run: async folder => {
      step('3a');
      await writeFile(join(folder, 'three.json'), '3');
      step('3b');
    },
  },
];

const migrations = die === 'hold' ? STATE_MIGRATIONS : [...STATE_MIGRATIONS, ...others];
const state = await openState({
  stateDir,
  appVersion: '9.9.9',
  clock: systemClock,
  log: pino({ level: 'silent' }),
  migrations,
});
step('open');
if (die === 'hold') setInterval(() => undefined, 1_000);
else state.close();
