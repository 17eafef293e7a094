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
