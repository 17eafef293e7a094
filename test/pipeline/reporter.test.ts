import { expect, it } from 'vitest';
import { Reporter } from '../../src/pipeline/reporter.ts';
import { picture, rig, scored } from '../activity/support.ts';
import { fakeClock } from '../support/fake-clock.ts';

const RIDER = {
  id: '7',
  activity: 'surfing',
  x: 0.4,
  y: 0.6,
  size: 0.03,
  score: 0.9,
  zone: null,
  sinceMs: 0,
};

/** A reporter and what it has said, by topic. */
function reporting(publish = { riders: true }) {
  const said: (readonly [topic: string, payload: unknown])[] = [];
  const note = (topic: string, payload: unknown) => void said.push([topic, payload]);
  const reporter = new Reporter({
    messaging: { set: note, pass: note, emit: event => note('event', event), alert: () => undefined },
    byZone: true,
    publishRiders: () => publish.riders,
    sender: () => ({ site: '', model: '', atMs: 0 }),
    newId: () => 'id',
    clock: fakeClock(),
  });
  const topics = () => said.splice(0).map(([topic]) => topic);
  return { reporter, topics };
}

it('publishes an activity again when a count changes alone', () => {
  const { reporter, topics } = reporting();
  const beach = rig();
  const see = (second: number, surfing: number) => {
    const zone = { scores: scored({ surfing: 0.95 }), count: { surfing } };
    return reporter.report(
      beach.observe({ ...picture(second * 1_000, { beach: zone }), count: { surfing } }),
    );
  };
  expect(see(0, 3)).toBe(true);
  for (let second = 1; second < 20; second++) see(second, 3);
  topics();
  const published = [20, 21, 22, 23, 24, 25, 26, 27].filter(second => see(second, 5));
  expect(published).toHaveLength(1);
  expect(topics()).toEqual(['activity', 'activity/state', 'zone/beach/activity']);
});

it('passes the riders of each frame on, where that is switched on and there is a frame', () => {
  const publish = { riders: true };
  const { reporter, topics } = reporting(publish);
  const beach = rig();
  const ridersSaid = () => topics().filter(topic => topic === 'riders').length;
  reporter.report(beach.observe({ ...picture(0, {}), riders: [RIDER] }));
  reporter.report(beach.observe({ ...picture(1_000, {}), riders: [] }));
  expect(ridersSaid()).toBe(2);
  reporter.report(beach.observe(picture(2_000, {})));
  reporter.report(beach.observe({ ...picture(3_000, {}), frame: null, riders: [RIDER] }));
  publish.riders = false;
  reporter.report(beach.observe({ ...picture(4_000, {}), riders: [RIDER] }));
  expect(ridersSaid()).toBe(0);
});
