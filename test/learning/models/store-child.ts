/**
 * Waits for a line on standard input, then promotes and rolls back heads until it is killed, and says on standard output
 * what it has begun and done.
 */
import { once } from 'node:events';
import { pino } from 'pino';
import { systemClock } from '../../../src/base/clock.ts';
import { createRandom } from '../../../src/base/random.ts';
import { openModelStore } from '../../../src/learning/models/store.ts';
import { BACKBONE, riderHead } from '../support.ts';

const [shipped, board, seed] = process.argv.slice(2) as [string, string, string];
const say = (line: string) => void process.stdout.write(`${line}\n`);
const random = createRandom(Number(seed));
const log = pino({ level: 'silent' });
await once(process.stdin, 'data');
const options = { configured: 'current', backbone: BACKBONE, keep: 2, clock: systemClock, log };
const store = await openModelStore({ folders: { shipped, board }, ...options });

async function step(number: number): Promise<string> {
  if (random.next() < 0.6) {
    say(`begun promote-${seed}-${number}`);
    const head = riderHead(random.below(1e6));
    const facts = { job: `${seed}-${number}`, reasons: [], figures: null };
    return (await store.promote(head, facts)).manifest.id;
  }
  const others = (await store.list()).filter(({ current }) => !current);
  const to = others[random.below(others.length)]?.id;
  say(`begun rollback-${to}`);
  return to === undefined ? (await store.current()).manifest.id : (await store.rollback(to)).to;
}

say(`done ${(await store.current()).manifest.id}`);
for (let number = 0; ; number++) say(`done ${await step(number)}`);
