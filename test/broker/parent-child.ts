/** A process with an embedded broker, to be killed. Says where that listens. */
import { pino } from 'pino';
import { BrokerProcess } from '../../src/broker/process.ts';
import { systemClock } from '../../src/ops/clock.ts';

const broker = new BrokerProcess({
  base: 'surf',
  taken: [],
  pictures: 'surf/label/image/',
  options: { port: 0, portFallback: false },
  clock: systemClock,
  log: pino({ level: 'silent' }),
});
await broker.start();
console.log(broker.address);
