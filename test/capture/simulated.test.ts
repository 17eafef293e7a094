import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { createSimulatorSource } from '../../src/capture/simulated.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { DEFAULTS } from '../support/defaults.ts';

function fakeClock(): Clock & { advance(ms: number): void } {
  let time = 77_000;
  return {
    now: () => time,
    monotonic: () => time,
    sleep: async () => {},
    advance: ms => {
      time += ms;
    },
  };
}

const options: SimulatorOptions = { ...DEFAULTS.camera.simulator, width: 320, height: 180 };
const never = new AbortController().signal;

test('a picture shows the moment the clock says, and tells it', async () => {
  const clock = fakeClock();
  const source = createSimulatorSource({ ...options, speed: 10 }, { clock });
  const first = await source.grab(never);
  clock.advance(900);
  const later = await source.grab(never);
  expect(source.kind).toBe('simulator');
  expect(source.dropped).toBe(0);
  expect(first.origin).toBe('simulator:demo?seed=1&ms=0');
  expect(later.origin).toBe('simulator:demo?seed=1&ms=9000');
  expect(later.bytes.equals(first.bytes)).toBe(false);
});

test('a frozen camera gives the same bytes again and again', async () => {
  const clock = fakeClock();
  const frozen = { startMs: 0, light: 'day', weather: 'clear', fault: 'frozen' } as const;
  const source = createSimulatorSource(
    { ...options, script: { sessions: [], conditions: [frozen] } },
    { clock },
  );
  const first = await source.grab(never);
  clock.advance(5000);
  expect((await source.grab(never)).bytes.equals(first.bytes)).toBe(true);
});

test('an aborted grab rejects with the reason, before and while drawing', async () => {
  const source = createSimulatorSource(options, { clock: fakeClock() });
  await expect(source.grab(AbortSignal.abort(new Error('too slow')))).rejects.toThrow('too slow');
  const controller = new AbortController();
  const grabbing = source.grab(controller.signal);
  controller.abort(new Error('shutting down'));
  await expect(grabbing).rejects.toThrow('shutting down');
});

test('closing twice does no harm, and the simulation goes on when grabbed again', async () => {
  const clock = fakeClock();
  const source = createSimulatorSource(options, { clock });
  await source.grab(never);
  await source.close();
  await source.close();
  clock.advance(3000);
  expect((await source.grab(never)).origin).toBe('simulator:demo?seed=1&ms=3000');
});
