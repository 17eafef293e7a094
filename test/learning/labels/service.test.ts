import { describe, expect, it } from 'vitest';
import { SurfwatchError } from '../../../src/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { frame, picture, startLabels } from './support.ts';

const MISSING = '01JZZZZZZZ0000000000000000';

describe('labels of frames', () => {
  it('labels frames of the archive, several at once', async () => {
    const { archive, labels } = await startLabels();
    const frames = [frame(undefined, 1), frame(undefined, 200)];
    for (const each of frames) await archive.add(each);
    const ids = frames.map(({ id }) => id);
    const answer = await labels.labelFrames(
      { frames: [...ids, ...ids], labels: ['windsurfing', 'surfing'], by: 'ana' },
      'mqtt',
    );
    expect(answer).toEqual({
      labelled: ids.map(id => ({ frame: id, labels: ['surfing', 'windsurfing'] })),
      counts: expect.objectContaining({ surfing: 2, windsurfing: 2 }),
    });
    expect(archive.labelOf(ids[1] as string)).toMatchObject({ by: 'ana', way: 'mqtt' });
    expect(archive.log(10)).toHaveLength(2);
  });

  it('keeps a frame that was only seen', async () => {
    const { archive, recent, labels } = await startLabels();
    const seen = frame();
    recent.add(seen);
    await labels.labelFrames({ frames: [seen.id], labels: [] }, 'cli');
    expect(archive.frame(seen.id)).toMatchObject({ because: 'label', hasPicture: true });
    expect(archive.counts()).toMatchObject({ labelled: 1, labels: { none: 1 } });
  });

  it('labels all or none', async () => {
    const { archive, recent, labels } = await startLabels();
    const [kept, seen] = [frame(undefined, 1), frame(undefined, 200)];
    await archive.add(kept);
    recent.add(seen);
    const frames = [kept.id, seen.id, MISSING];
    await expect(labels.labelFrames({ frames, labels: ['surfing'] }, 'mqtt')).rejects.toMatchObject({
      code: 'label-frame-unknown',
      message: expect.stringContaining(MISSING),
    });
    expect(archive.counts()).toMatchObject({ frames: 1, labelled: 0 });
  });

  it('labels again, and takes back one at a time', async () => {
    const { archive, labels, clock } = await startLabels();
    const { id } = frame();
    await archive.add(frame(id));
    for (const name of ['surfing', 'windsurfing']) {
      clock.jump(1000);
      await labels.labelFrames({ frames: [id], labels: [name] }, 'mqtt');
    }
    expect(archive.labelOf(id)?.labels).toEqual(['windsurfing']);
    expect(labels.undo(id, { way: 'mqtt', by: 'ana' })).toEqual({ frame: id, labels: ['surfing'] });
    expect(labels.undo(id, { way: 'mqtt' })).toEqual({ frame: id, labels: null });
    expect(() => labels.undo(id, { way: 'mqtt' })).toThrow(expect.objectContaining({ code: 'label-none' }));
    expect(archive.log(10).map(({ labels }) => labels)).toEqual([null, null, ['windsurfing'], ['surfing']]);
  });

  it('does not log again what holds already, but does where somebody else says it', async () => {
    const told: string[] = [];
    const { archive, labels } = await startLabels({ onLabelled: frames => void told.push(...frames) });
    const { id } = frame();
    await archive.add(frame(id));
    const rectangle = { x: 0, y: 0, w: 0.5, h: 0.5 };
    for (const by of ['ana', 'ana', 'ben']) {
      await labels.labelFrames({ frames: [id], labels: ['surfing'], by, rectangle }, 'mqtt');
    }
    expect(archive.log(10).map(({ by }) => by)).toEqual(['ben', 'ana']);
    expect(told).toEqual([id, id]);
    expect(archive.labelOf(id)?.rectangle).toEqual(rectangle);
  });

  it('takes a new activity where it is called new, and from then on', async () => {
    const { archive, labels } = await startLabels({ newActivities: ['wingfoil'] });
    const { id } = frame();
    await archive.add(frame(id));
    const label = (name: string, allowNew?: boolean) =>
      labels.labelFrames({ frames: [id], labels: [name], allowNew }, 'mqtt');
    await expect(label('sup')).rejects.toMatchObject({ code: 'label-activity-unknown' });
    await label('sup', true);
    await expect(label('sup')).resolves.toMatchObject({ counts: { sup: 1 } });
    await expect(label('wingfoil')).resolves.toMatchObject({ counts: { wingfoil: 1 } });
  });
});

describe('labels of pictures', () => {
  it('keeps a picture with its embeddings and labels it', async () => {
    const { archive, labels, embedded } = await startLabels();
    const { frame: id, labels: held } = await labels.labelImage(await picture(), ['Surfing'], {
      way: 'image',
      by: 'ana',
    });
    expect(held).toEqual(['surfing']);
    expect(archive.frame(id)).toMatchObject({ because: 'image', hasPicture: true, head: 'head-1' });
    expect(await archive.picture(id)).toEqual(embedded[0]);
    expect(archive.labelOf(id)).toMatchObject({ labels: ['surfing'], way: 'image', by: 'ana' });
    expect(archive.embeddings(id)).toHaveLength(8);
  });

  it('takes the same bytes for the same frame, also at once and after a restart', async () => {
    const directory = await temporaryFolder();
    const first = await startLabels({}, directory);
    const bytes = await picture('#ffffff', 'png');
    const give = { way: 'image' } as const;
    const both = await Promise.all([1, 2].map(() => first.labels.labelImage(bytes, ['surfing'], give)));
    expect(both[0]).toEqual(both[1]);
    first.archive.close();
    const second = await startLabels({}, directory);
    const again = await second.labels.labelImage(bytes, ['none'], give);
    expect(again).toEqual({ frame: both[0]?.frame, labels: [] });
    expect(first.embedded.length + second.embedded.length).toBe(1);
    expect(second.archive.counts()).toMatchObject({ frames: 1, labelled: 1, labels: { none: 1 } });
    expect(second.archive.log(10)).toHaveLength(2);
  });

  it('looks at the names before the picture', async () => {
    const { labels } = await startLabels();
    const refused = labels.labelImage(Buffer.from('no picture'), ['surfin'], { way: 'image' });
    await expect(refused).rejects.toMatchObject({ code: 'label-activity-unknown' });
  });

  it('goes on after a picture that is refused, and keeps nothing of it', async () => {
    const { archive, labels } = await startLabels();
    const given = [Buffer.from('no picture'), await picture()];
    const results = await Promise.allSettled(
      given.map(bytes => labels.labelImage(bytes, ['surfing'], { way: 'image' })),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(archive.counts().frames).toBe(1);
  });

  it('says so where there is no room', async () => {
    const { archive, labels } = await startLabels();
    const full = { ...archive, add: async () => 'full' as const };
    const { labels: crowded } = await startLabels({ archive: full });
    await expect(crowded.labelImage(await picture(), [], { way: 'image' })).rejects.toSatisfy(
      error => error instanceof SurfwatchError && error.code === 'disk-full',
    );
    expect(labels.checkNames(['none'])).toEqual([]);
  });
});

describe('labels that point at riders', () => {
  const scores = (surfing: number) => ({ surfing, windsurfing: 0.01 });
  const cellAt = (x: number, surfing: number) => ({
    zone: 'beach',
    rectangle: { x: x - 0.05, y: 0.45, w: 0.1, h: 0.1 },
    scores: scores(surfing),
  });
  /** The daemon saw three: at 0.6, 0.2 and 0.4, in the order of how sure it was. */
  const CELLS = [cellAt(0.2, 0.5), cellAt(0.4, 0.4), cellAt(0.6, 0.9), cellAt(0.8, 0.1)];
  const RIDER = { x: 0.41, y: 0.63, activity: 'surfing' };

  async function started(pointed?: (frame: string) => boolean) {
    const read: [string, number][] = [];
    const parts = await startLabels({
      pointAt: async (frame, points) => {
        read.push([frame, points.length]);
        return pointed?.(frame) ?? true;
      },
    });
    const seen = { ...frame(), cells: CELLS, embeddings: new Float32Array(8) };
    parts.recent.add(seen);
    return { ...parts, id: seen.id, read };
  }

  it('keeps the points, and the frame is labelled with what they do', async () => {
    const { archive, labels, id, read } = await started();
    const riders = [RIDER, { x: 0.5, y: 0.5, activity: ' Kitesurfing' }];
    const { labelled } = await labels.labelFrames({ frames: [id], riders, complete: true }, 'mqtt');
    const pointing = {
      riders: [RIDER, { x: 0.5, y: 0.5, activity: 'kitesurfing' }],
      complete: true,
      nobody: [],
    };
    expect(labelled).toEqual([{ frame: id, labels: ['kitesurfing', 'surfing'], pointing }]);
    expect(archive.labelOf(id)).toMatchObject({ labels: ['kitesurfing', 'surfing'], pointing });
    expect(archive.frame(id)?.because).toBe('label');
    expect(read).toEqual([[id, 2]]);
  });

  it('says nothing twice, and can be taken back', async () => {
    const { archive, labels, id } = await started();
    for (const _ of [1, 2]) await labels.labelFrames({ frames: [id], riders: [RIDER] }, 'mqtt');
    expect(archive.log(10)).toHaveLength(1);
    expect(labels.undo(id, { way: 'mqtt' })).toEqual({ frame: id, labels: null });
  });

  it('confirms what the daemon saw, without reading the picture again', async () => {
    const { archive, labels, id, read } = await started();
    await labels.labelFrames({ frames: [id], confirm: true }, 'cli');
    const { riders, complete, nobody } = archive.labelOf(id)?.pointing ?? {};
    expect(riders?.map(({ x, activity }) => [Number(x.toFixed(3)), activity])).toEqual([
      [0.6, 'surfing'],
      [0.2, 'surfing'],
      [0.4, 'surfing'],
    ]);
    expect([complete, nobody, read]).toEqual([false, [], []]);
  });

  it('rejects detections by their numbers, and adds who was missed', async () => {
    const { archive, labels, id, read } = await started();
    await labels.labelFrames({ frames: [id], not: [1, 3], also: [RIDER], complete: true }, 'cli');
    const { riders, complete, nobody } = archive.labelOf(id)?.pointing ?? {};
    expect(riders?.map(({ x }) => Number(x.toFixed(3)))).toEqual([0.2, 0.41]);
    expect(nobody?.map(({ x }) => Number(x.toFixed(3)))).toEqual([0.6, 0.4]);
    expect([complete, read]).toEqual([true, [[id, 1]]]);
  });

  it('takes a frame of nobody but rejected ones only as complete', async () => {
    const { archive, labels, id } = await started();
    const all = { frames: [id], not: [1, 2, 3] };
    await expect(labels.labelFrames(all, 'cli')).rejects.toMatchObject({
      code: 'label-malformed',
      message: expect.stringContaining('complete'),
    });
    expect(archive.frame(id)).toBeUndefined();
    await labels.labelFrames({ ...all, complete: true }, 'cli');
    expect(archive.labelOf(id)).toMatchObject({ labels: [], pointing: { riders: [] } });
    expect(archive.counts().labels).toEqual({ none: 1 });
  });

  it.each([
    ['a number that nobody has', { not: [4] }, 'label-malformed', 'no number 4'],
    ['an activity that is none', { riders: [{ ...RIDER, activity: 'none' }] }, 'label-malformed', 'none'],
    [
      'an unknown activity',
      { riders: [{ ...RIDER, activity: 'surfin' }] },
      'label-activity-unknown',
      'surfing',
    ],
    ['too many riders', { riders: Array(201).fill(RIDER) }, 'label-malformed', '200'],
  ])('refuses %s', async (_, said, code, message) => {
    const { archive, labels, id } = await started();
    await expect(labels.labelFrames({ frames: [id], ...said }, 'mqtt')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(archive.counts().labelled).toBe(0);
  });

  it('refuses a point of which nothing is kept, where there is no picture', async () => {
    const { archive, labels, id } = await started(() => false);
    await expect(labels.labelFrames({ frames: [id], riders: [RIDER] }, 'mqtt')).rejects.toMatchObject({
      code: 'label-place-unknown',
      message: expect.stringContaining('0.41,0.63'),
    });
    expect(archive.counts().labelled).toBe(0);
    const seen = { x: 0.2, y: 0.5, activity: 'surfing' };
    await labels.labelFrames({ frames: [id], riders: [seen] }, 'mqtt');
    expect(archive.labelOf(id)?.pointing?.riders).toEqual([seen]);
  });
});
