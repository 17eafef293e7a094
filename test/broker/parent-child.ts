/** A process with an embedded broker, to be killed. Says where that listens. */
import { pino } from 'pino';
import { systemClock } from '../../src/base/clock.ts';
import { BrokerProcess } from '../../src/broker/process.ts';

const broker = new BrokerProcess({
  bases: ['surf'],
  options: { port: 0 },
  clock: systemClock,
  log: pino({ level: 'silent' }),
});
await broker.start();
console.log(broker.address);
