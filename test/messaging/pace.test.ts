import { describe, expect, it } from 'vitest';
import { EVENT_PACE, startPace } from '../../src/messaging/pace.ts';
import { fakeClock } from '../support/fake-clock.ts';

describe('the pace of events', () => {
  it('lets 20 go at once, and 100 a second after that', async () => {
    const clock = fakeClock();
    const mayPass = startPace(EVENT_PACE, clock, new AbortController().signal, () => undefined);
    const taken = () => {
      let n = 0;
      while (mayPass()) n += 1;
      return n;
    };
    expect(taken()).toBe(20);
    let more = 0;
    for (let ms = 0; ms < 1_000; ms += 10) {
      await clock.advance(10);
      more += taken();
    }
    expect(more).toBe(100);
    await clock.advance(86_400_000);
    expect(taken()).toBe(20);
  });

  it('says when the next may go, and says so once', async () => {
    const clock = fakeClock();
    const stopping = new AbortController();
    const opened: number[] = [];
    const mayPass = startPace({ burst: 1, perSecond: 10 }, clock, stopping.signal, () => {
      opened.push(clock.monotonic());
    });
    expect([mayPass(), mayPass(), mayPass()]).toEqual([true, false, false]);
    await clock.advance(99);
    expect(mayPass()).toBe(false);
    await clock.advance(1);
    expect(opened).toEqual([100]);
    expect([mayPass(), mayPass()]).toEqual([true, false]);
    stopping.abort();
    await clock.advance(1_000);
    expect(opened).toEqual([100]);
  });
});
