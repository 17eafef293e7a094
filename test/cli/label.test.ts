import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { labelCommand } from '../../src/cli/label.ts';
import { SurfwatchError } from '../../src/errors.ts';
import type { LabelService } from '../../src/learning/labels/service.ts';
import { reason } from '../../src/messaging/reasons.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { daemonWith, FRAME, OTHER_FRAME } from './daemon-support.ts';
import { noisyPicture, put, runHere, surfwatchProcess } from './support.ts';

const COUNTS = { surfing: 3, none: 8 };

function labelled(frames: readonly string[], labels: readonly string[]) {
  return { labelled: frames.map(frame => ({ frame, labels: [...labels].sort() })), counts: COUNTS };
}

/** As the daemon has it, but that every frame is known to it. */
function labelFrames() {
  return vi.fn<LabelService['labelFrames']>(async ({ frames, labels = [], allowNew }) => {
    if (labels.includes('sup') && allowNew !== true)
      throw new SurfwatchError('label-activity-unknown', 'no activity "sup", did you mean "surf"?');
    return labelled(frames, labels);
  });
}

describe('surfwatch label', () => {
  test('labels frames, several at once, by who is logged in', async () => {
    const labels = { labelFrames: labelFrames() };
    const { run } = await daemonWith({ labels });
    const { status, output, errors } = await run(labelCommand(), [
      FRAME,
      OTHER_FRAME,
      '--as',
      'surfing+kitesurfing',
    ]);
    expect([status, errors]).toEqual([0, '']);
    expect(output).toBe('labelled 2 frames: kitesurfing + surfing\nlabels so far: surfing 3, none 8\n');
    expect(labels.labelFrames).toHaveBeenCalledWith(
      { frames: [FRAME, OTHER_FRAME], labels: ['surfing', 'kitesurfing'], by: userInfo().username },
      'cli',
    );

    const none = await run(labelCommand(), [FRAME, '--as', 'none', '--by', 'ana', '--json']);
    expect(JSON.parse(none.output)).toEqual(labelled([FRAME], []));
    expect(labels.labelFrames).toHaveBeenLastCalledWith({ frames: [FRAME], labels: [], by: 'ana' }, 'cli');
  });

  test('reads ids from standard input, more than one command holds', async () => {
    const labels = { labelFrames: labelFrames() };
    const { messaging } = await daemonWith({ labels });
    const ids = Array.from({ length: 500 }, (_, n) => `01JWNB52Q8Z3V4C0E7XK9T${String(n).padStart(4, '0')}`);
    const { output } = await surfwatchProcess(
      ['label', '--as', 'none', '-', '--json', '-u', messaging.address],
      {
        input: Buffer.from(`${ids.join('\n')}\n`),
      },
    );
    expect(JSON.parse(output).labelled.map((one: { frame: string }) => one.frame)).toEqual(ids);
    expect(labels.labelFrames).toHaveBeenCalledTimes(2);
  });

  test('a new activity must be allowed, and an error of the daemon ends it with 1', async () => {
    const { run } = await daemonWith({ labels: { labelFrames: labelFrames() } });
    const refused = await run(labelCommand(), [FRAME, '--as', 'sup']);
    expect([refused.status, refused.output]).toEqual([1, '']);
    expect(refused.errors).toContain('label-activity-unknown: no activity "sup", did you mean "surf"?');
    expect((await run(labelCommand(), [FRAME, '--as', 'sup', '--new'])).status).toBe(0);
  });

  test('points at riders, and reviews what the daemon saw', async () => {
    const labels = {
      labelFrames: vi.fn<LabelService['labelFrames']>(async ({ frames, riders = [], complete = false }) => ({
        labelled: frames.map(frame => ({
          frame,
          labels: ['surfing'],
          pointing: { riders, complete, nobody: [] },
        })),
        counts: COUNTS,
      })),
    };
    const { run } = await daemonWith({ labels });
    const said = (args: readonly string[]) => run(labelCommand(), [FRAME, ...args, '--by', 'ana']);
    const { output } = await said([
      '--rider',
      '0.41,0.63=surfing',
      '--rider',
      '.5, 1 =surfing',
      '--complete',
    ]);
    expect(output).toContain(`labelled ${FRAME}: surfing, 2 riders and nobody else\n`);
    const riders = [
      { x: 0.41, y: 0.63, activity: 'surfing' },
      { x: 0.5, y: 1, activity: 'surfing' },
    ];
    const asked = (request: object) =>
      expect(labels.labelFrames).toHaveBeenLastCalledWith({ frames: [FRAME], by: 'ana', ...request }, 'cli');
    asked({ riders, complete: true });
    await said(['--confirm']);
    asked({ confirm: true });
    await said(['--not', '2,5', '--also', '0.41,0.63=surfing']);
    asked({ not: [2, 5], also: riders.slice(0, 1) });
  });

  test.each([
    [['--rider', '0.41,1.63=surfing']],
    [['--rider', '0.41,0.63']],
    [['--not', '0']],
    [['--confirm', '--as', 'surfing']],
    [['--rider', '0.41,0.63=surfing', '--confirm']],
    [['--complete']],
    [['--not', '1', OTHER_FRAME]],
    [['--undo', '--confirm']],
  ])('refuses %j', async args => {
    const labels = { labelFrames: labelFrames() };
    const { run } = await daemonWith({ labels });
    const { status, errors } = await run(labelCommand(), [FRAME, ...args]);
    expect([status, errors]).toEqual([expect.any(Number), expect.stringContaining('error:')]);
    expect(status).not.toBe(0);
    expect(labels.labelFrames).not.toHaveBeenCalled();
  });

  test('takes labels back', async () => {
    const undo = vi.fn<LabelService['undo']>(frame => ({
      frame,
      labels: frame === FRAME ? ['surfing'] : null,
    }));
    const { run } = await daemonWith({ labels: { undo } });
    const { status, output } = await run(labelCommand(), [FRAME, OTHER_FRAME, '--undo', '--by', 'ana']);
    expect([status, output]).toEqual([0, `${FRAME}  surfing\n${OTHER_FRAME}  no label\n`]);
    expect(undo).toHaveBeenLastCalledWith(OTHER_FRAME, { by: 'ana', way: 'cli' });
  });

  test('sends pictures; one that is refused does not keep the others back', async () => {
    const { run, pictures } = await daemonWith({});
    const folder = await temporaryFolder();
    const good = await put(folder, 'good.jpg', await noisyPicture());
    const bad = await put(folder, 'bad.jpg', 'no picture');
    const { status, output, errors } = await run(labelCommand(), [
      '--as',
      'surfing+kitesurfing',
      '--image',
      bad,
      good,
    ]);
    expect([status, output]).toEqual([1, `${good}  ${FRAME}  surfing + kitesurfing\n`]);
    expect(errors).toContain(`${bad}: label-not-an-image`);
    expect(pictures.map(({ names }) => names)).toEqual([['surfing', 'kitesurfing']]);
    expect(pictures[0]?.bytes).toEqual(await readFile(good));
  });

  test('a picture larger than is taken is made smaller, upright', async () => {
    const { run, pictures } = await daemonWith({});
    const folder = await temporaryFolder();
    const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
    const wide = sharp({ create: { width: 3400, height: 2600, channels: 3, background: 'grey', noise } });
    const large = await wide.jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    expect(large.length).toBeGreaterThan(10_000_000);
    const file = await put(folder, 'large.jpg', large);
    const { status, errors } = await run(labelCommand(), ['--as', 'none', '--image', file]);
    expect([status, errors]).toEqual([0, '']);
    const sent = pictures[0]?.bytes ?? Buffer.alloc(0);
    expect(sent.length).toBeLessThanOrEqual(10_000_000);
    const { width = 0, height = 0, orientation } = await sharp(sent).metadata();
    expect([height > width, orientation]).toEqual([true, undefined]);
  });

  const PICK = {
    frame: FRAME,
    takenAt: '2026-06-01T09:14:03.120Z',
    ask: 'label',
    activity: 'surfing',
    zone: 'beach',
    rectangle: { x: 0.25, y: 0.25, w: 0.5, h: 0.5 },
    scores: { surfing: 0.51, kitesurfing: 0.02 },
    doubt: 0.98,
    novelty: 0.4,
    places: [
      {
        number: 1,
        x: 0.4,
        y: 0.5,
        rectangle: { x: 0.38, y: 0.48, w: 0.04, h: 0.04 },
        activity: 'surfing',
        score: 0.8,
      },
    ],
    reasons: [
      reason('near-threshold', { activity: 'surfing', score: 0.51, threshold: 0.5 }),
      reason('unlike-labelled', { similarity: 0.4 }),
    ],
  };

  test('--next lists what is worth a label, with reasons', async () => {
    const next = vi.fn(() => ({ frames: [PICK] }));
    const { run } = await daemonWith({ next });
    const { output } = await run(labelCommand(), ['--next', '3']);
    expect(next).toHaveBeenCalledWith(3);
    expect(output).toMatch(
      new RegExp(
        `${FRAME} +2026-06-01 .* what goes on +surfing 0\\.51 +surfing 0\\.51 is near its threshold 0\\.50; unlike`,
      ),
    );
    expect(JSON.parse((await run(labelCommand(), ['--next', '--json'])).output)).toEqual({ frames: [PICK] });
  });

  test('--next with nothing to label says so', async () => {
    const { run } = await daemonWith({ next: () => ({ frames: [] }) });
    expect((await run(labelCommand(), ['--next'])).output).toBe(
      'there is nothing in the archive that is worth a label\n',
    );
  });

  test('--next --sheet draws the pictures there are, and says which are missing', async () => {
    const picture = (await noisyPicture()).toString('base64');
    const { run } = await daemonWith({
      next: () => ({ frames: [PICK, { ...PICK, frame: OTHER_FRAME }] }),
      frame: frame => {
        if (frame === OTHER_FRAME)
          throw new SurfwatchError('label-frame-unknown', 'no picture of it is kept');
        return { frame, takenAt: PICK.takenAt, jpeg: picture };
      },
    });
    const sheet = join(await temporaryFolder(), 'next.html');
    const { status, errors } = await run(labelCommand(), ['--next', '--sheet', sheet]);
    expect([status, errors]).toEqual([0, '']);
    const page = await readFile(sheet, 'utf8');
    expect(page.match(/<image /g)?.length).toBe(1);
    expect(page.match(/class="crop"/g)?.length).toBe(1);
    expect(page).toMatch(new RegExp(`${OTHER_FRAME}.*\n.*near its threshold.*\n.*no picture of it is kept`));
    // What is copied from it reaches the same daemon.
    expect(page).toMatch(/data-where="--url mqtt:\/\/127\.0\.0\.1:\d+"/);
    const wrong = await run(labelCommand(), ['--next', '--sheet', 'next.gif']);
    expect(wrong.errors).toContain('sheet-unwritable: next.gif: its name must end in .html');
  });

  test.each([
    [[], 'name the frames to be labelled, or give --image or --next'],
    [[FRAME], 'say what is in it with --as'],
    [[FRAME, '--as', 'none', '--undo'], '--undo and --as exclude each other'],
    [[FRAME, '--as', 'none', '--image', 'a.jpg'], '--image and frames exclude each other'],
    [['--next', '--as', 'none'], '--next only lists'],
    [['--next', FRAME], 'It must be a whole number of at least 1.'],
    [[FRAME, '--as', ' '], 'Name an activity, or none.'],
    [[FRAME, '--as', 'none', '--sheet', 'x.html'], '--sheet goes with --next'],
    [['--next', '--undo'], '--next only lists'],
    [['--next', '--site', 'a/b'], 'The name of a site has only a-z, 0-9 and -.'],
    [['--next', '--timeout', 'soon'], 'It must be a time such as'],
  ])('%j is wrong usage', async (args, said) => {
    const { status, output, errors } = await runHere(labelCommand(), args);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toContain(said);
  });
});
