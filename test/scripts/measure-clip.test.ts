import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ClipSummary, type Said, summarise } from '../../scripts/clip/summary.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { runScript } from '../cli/run-script.ts';

const START = 1_000_000;

function said(afterS: number, activity: string, surfing?: number, visibility = 'ok'): Said {
  const count = surfing === undefined ? {} : { count: { surfing, windsurfing: 0 } };
  return { atMs: START + afterS * 1000, activity, visibility, ...count };
}

const SAID = [
  said(1, 'unknown', undefined, 'camera-lost'),
  said(2, 'none', 0),
  said(4, 'surfing', 3),
  said(10, 'surfing', 5),
  said(12, 'unknown', undefined, 'lens-dirty'),
  said(14, 'surfing', 4),
];

describe('what a daemon said of a clip', () => {
  const summary = summarise(SAID, START, START + 22_000, 'surfing');

  it('begins with the first picture that was judged', () => {
    expect(summary).toMatchObject({ firstS: 2, firstActivityS: 4, watchedS: 20 });
  });

  it('weighs each answer by how long it stood', () => {
    expect(summary.right).toBeCloseTo(16 / 20);
    expect(summary.activities).toEqual({ none: 0.1, surfing: 0.8, unknown: 0.1 });
    expect(summary.riders).toEqual({ min: 0, median: 4, max: 5 });
  });

  it('tells how often and how long no picture could be judged', () => {
    expect(summary.gatesClosed).toBe(1);
    expect(summary.visibility).toEqual({ ok: 18, 'lens-dirty': 2 });
  });

  it('says nothing of right where nothing was expected, and of nothing where nothing was judged', () => {
    expect(summarise(SAID, START, START + 22_000, null).right).toBeNull();
    expect(summarise(SAID.slice(0, 1), START, START + 22_000, 'none')).toMatchObject({
      firstS: null,
      firstActivityS: null,
      watchedS: 0,
      right: null,
      riders: null,
    });
  });
});

describe('measure-clip', () => {
  it('plays frames of a line-up to a daemon, which sees surfers', () => {
    const frames = join(PACKAGE_ROOT, 'test/data/surfcam-cc0/frames');
    const { stdout, stderr, status } = runScript('measure-clip', [
      ...[frames, '--seconds', '6', '--expect', 'surfing', '--json'],
      ...['--set', 'vision.detail=0.7', 'vision.threads=1', 'vision.precision=int8'],
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const summary = JSON.parse(stdout) as ClipSummary;
    expect(summary.firstActivityS).toBeGreaterThan(0);
    expect(summary.right).toBeGreaterThan(0.5);
    expect(summary.riders?.max).toBeGreaterThan(0);
  });

  it('names its options', () => {
    expect(runScript('measure-clip', ['--help']).stdout).toContain('--expect <activity>');
  });
});
