import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/base/database.ts';
import { sha256Of } from '../../../src/learning/archive/frame-rows.ts';
import { MIGRATIONS } from '../../../src/learning/archive/schema.ts';
import { embeddingsOf, labelAs, NOW, newFrame, pictureOf } from './frames.ts';
import { archivePlace, openTestArchive } from './support.ts';

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'frames'), { recursive: true }).catch(() => []);
  return entries.filter(name => name.includes('.')).sort();
}

describe('a kept frame', () => {
  it('is found again after a restart, as it was', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const frame = newFrame({ novelty: 0.4 });
    expect(await archive.add(frame)).toBe('kept');
    archive.close();

    const again = await place.open();
    const { picture, embeddings, ...known } = frame;
    expect(again.frame(frame.id)).toEqual({ ...known, hasPicture: true, bytes: 1000 + 2 * 64 });
    expect(await again.picture(frame.id)).toEqual(picture);
    expect(again.embeddings(frame.id)?.length).toBe(64);
    for (const [index, value] of (again.embeddings(frame.id) ?? []).entries()) {
      expect(value).toBeCloseTo(embeddings?.[index] ?? Number.NaN, 2);
    }
    expect(await filesIn(place.directory)).toEqual([`2026-06-01/${frame.id}.jpg`]);
  });

  it('needs neither picture nor embeddings', async () => {
    const archive = await openTestArchive();
    const frame = newFrame({ picture: null, embeddings: null });
    expect(await archive.add(frame)).toBe('kept');
    expect(archive.frame(frame.id)).toMatchObject({ hasPicture: false, bytes: 0 });
    expect(await archive.picture(frame.id)).toBeNull();
    expect(archive.embeddings(frame.id)).toBeNull();
  });

  it('is listed by its time where its picture is kept', async () => {
    const archive = await openTestArchive();
    const [first, second, bare] = [0, 10, 20].map(later =>
      newFrame({ takenAt: NOW + later, because: 'label', picture: later === 20 ? null : pictureOf(later) }),
    );
    for (const frame of [second, first, bare]) if (frame !== undefined) await archive.add(frame);
    const ids = (fromMs: number, toMs: number) => archive.pictures(fromMs, toMs).map(({ id }) => id);
    expect(ids(NOW, NOW + 30)).toEqual([first?.id, second?.id]);
    expect(ids(NOW + 1, NOW + 10)).toEqual([]);
    expect(archive.pictures(NOW + 10, NOW + 11)).toEqual([{ id: second?.id, takenAt: NOW + 10 }]);
  });

  it('is kept once', async () => {
    const archive = await openTestArchive();
    const frame = newFrame({ because: 'label' });
    expect(await Promise.all([archive.add(frame), archive.add(frame)])).toEqual(['kept', 'duplicate']);
    expect(archive.counts().frames).toBe(1);
  });

  it('is never written outside its folder', async () => {
    const archive = await openTestArchive();
    await expect(archive.add(newFrame({ id: '../../evil' }))).rejects.toThrow(RangeError);
  });

  it('is listed newest first', async () => {
    const archive = await openTestArchive();
    const frames = [1, 2, 3].map(minute => newFrame({ takenAt: NOW + minute }));
    for (const frame of frames) await archive.add(frame);
    const [first, second, third] = frames.map(({ id }) => id);
    archive.label([{ frame: second ?? '', label: labelAs([]) }]);
    const ids = (filter = {}) => archive.frames(filter).map(({ id }) => id);
    expect(ids()).toEqual([third, second, first]);
    expect(ids({ limit: 2 })).toEqual([third, second]);
    expect(ids({ since: NOW + 2 })).toEqual([third, second]);
    expect(ids({ labelled: true })).toEqual([second]);
    expect(ids({ labelled: false, limit: 1 })).toEqual([third]);
  });

  it('takes the cells that another backbone reads', async () => {
    const archive = await openTestArchive();
    const frame = newFrame();
    await archive.add(frame);
    const cells = frame.cells.slice(1);
    const read = {
      backbone: 'backbone-2',
      head: 'head-2',
      cells,
      embeddings: new Float32Array(20).fill(0.5),
    };
    archive.replaceCells(frame.id, read);
    expect(archive.frame(frame.id)).toMatchObject({
      backbone: 'backbone-2',
      head: 'head-2',
      cells,
      bytes: 1040,
    });
    expect(archive.embeddings(frame.id)).toEqual(new Float32Array(20).fill(0.5));
    archive.replaceCells('01GONE', read);
    expect(archive.embeddings('01GONE')).toBeNull();
  });
});

describe('an archive of tiles', () => {
  it('is gone on with: its frames have their tiles for cells', async () => {
    const place = await archivePlace();
    const frame = newFrame();
    await mkdir(place.directory, { recursive: true });
    const path = join(place.directory, 'learning.db');
    const { database } = openDatabase({ path, migrations: MIGRATIONS.slice(0, 1), now: NOW });
    database.run(
      `INSERT INTO frames (id, taken_at, because, visibility, head, backbone, novelty, tiles, picture_sha256,
        picture_bytes, embeddings_bytes, kept_at) VALUES (?, ?, 'label', 'ok', 'h', 'b', NULL, ?, NULL, 0, 0, 0)`,
      frame.id,
      frame.takenAt,
      JSON.stringify(frame.cells),
    );
    database.close();
    const archive = await place.open();
    expect(archive.frame(frame.id)?.cells).toEqual(frame.cells);
    expect(await archive.add(newFrame())).toBe('kept');
  });
});

describe('a frame that adds nothing', () => {
  const known = embeddingsOf(1);
  const alike = known.map(value => value * 1.01);
  const oneCellElse = Float32Array.from([...known.subarray(0, 32), ...embeddingsOf(2).subarray(0, 32)]);

  it('is refused, unless somebody asked for it', async () => {
    const archive = await openTestArchive();
    expect(await archive.add(newFrame({ embeddings: known }))).toBe('kept');
    expect(await archive.add(newFrame({ embeddings: alike, because: 'sample' }))).toBe('duplicate');
    expect(await archive.add(newFrame({ embeddings: alike, backbone: 'another' }))).toBe('kept');
    expect(await archive.add(newFrame({ embeddings: oneCellElse }))).toBe('kept');
    for (const because of ['label', 'image', 'capture'] as const) {
      expect(await archive.add(newFrame({ embeddings: alike, because }))).toBe('kept');
    }
  });

  it('is known after a restart too', async () => {
    const place = await archivePlace();
    const first = await place.open();
    await first.add(newFrame({ embeddings: known }));
    first.close();
    expect(await (await place.open()).add(newFrame({ embeddings: alike }))).toBe('duplicate');
  });

  it('is compared with the newest only', async () => {
    const archive = await openTestArchive({ compared: 1 });
    await archive.add(newFrame({ embeddings: known }));
    await archive.add(newFrame({ embeddings: embeddingsOf(3) }));
    expect(await archive.add(newFrame({ embeddings: alike }))).toBe('kept');
  });

  it('is the same image where its bytes are the same', async () => {
    const archive = await openTestArchive();
    const picture = pictureOf(99);
    const first = newFrame({ because: 'image', picture });
    await archive.add(first);
    expect(archive.frameOfPicture(sha256Of(picture))).toBe(first.id);
    expect(archive.frameOfPicture(sha256Of(pictureOf(98)))).toBeUndefined();
    const [second, third] = [newFrame({ because: 'image', picture }), newFrame({ because: 'image' })];
    expect(await Promise.all([archive.add(second), archive.add(third)])).toEqual(['duplicate', 'kept']);
  });

  it('is the same image where what is kept of it is another', async () => {
    const archive = await openTestArchive();
    const sha256 = sha256Of(pictureOf(99));
    const frame = newFrame({ because: 'image', picture: pictureOf(1), sha256 });
    await archive.add(frame);
    expect(archive.frameOfPicture(sha256)).toBe(frame.id);
    expect(await archive.picture(frame.id)).toEqual(pictureOf(1));
    expect(await archive.add(newFrame({ because: 'image', picture: null, sha256 }))).toBe('duplicate');
  });
});

describe('after a power cut', () => {
  it('files without a frame go, and frames without a file say so', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const [lost, whole] = [newFrame(), newFrame()];
    await archive.add(lost);
    await archive.add(whole);
    archive.close();
    const day = join(place.directory, 'frames', '2026-06-01');
    await rm(join(day, `${lost.id}.jpg`));
    await writeFile(join(day, '01ORPHAN.jpg'), 'x');
    await writeFile(join(day, '01HALF.jpg.new'), 'x');
    await mkdir(join(place.directory, 'frames', '2026-05-30'));
    await writeFile(join(place.directory, 'frames', '2026-05-30', '01OLD.jpg'), 'x');

    const again = await place.open();
    expect(await filesIn(place.directory)).toEqual([`2026-06-01/${whole.id}.jpg`]);
    expect(existsSync(join(place.directory, 'frames', '2026-05-30'))).toBe(false);
    expect(again.frame(lost.id)).toMatchObject({ hasPicture: false, bytes: 128 });
    expect(again.embeddings(lost.id)).not.toBeNull();
  });

  it('a picture that lost its end is none', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const frame = newFrame();
    await archive.add(frame);
    await truncate(join(place.directory, 'frames', '2026-06-01', `${frame.id}.jpg`), 500);
    expect(await archive.picture(frame.id)).toBeNull();
    expect(archive.frame(frame.id)?.hasPicture).toBe(false);
  });
});

describe('a damaged database', () => {
  it('is set aside; labels and frames that can be read are taken over', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    // Unlike the labels, the embeddings fill many pages: the damage is among them.
    const frames = Array.from({ length: 12 }, (_, seed) =>
      newFrame({ embeddings: embeddingsOf(seed, 2, 4000) }),
    );
    for (const frame of frames) await archive.add(frame);
    archive.label(
      frames.map(({ id }, index) => ({ frame: id, label: labelAs(index % 2 ? ['surfing'] : []) })),
    );
    archive.undo(frames[0]?.id ?? '', { by: 'anna', way: 'cli', at: NOW });
    const log = archive.log(100);
    archive.close();
    const path = join(place.directory, 'learning.db');
    const bytes = await readFile(path);
    // The root page of the embeddings' table, of which every one is found: page 8 or so, 4096 bytes each.
    bytes.fill(0x5a, bytes.length - 5 * 4096, bytes.length - 4096);
    await writeFile(path, bytes);
    await writeFile(`${path}-wal`, 'x');

    const told: string[] = [];
    const again = await place.open({}, setAside => told.push(setAside));
    expect(told).toEqual([expect.stringContaining('learning.db.corrupt-')]);
    expect(again.log(100)).toEqual(log);
    expect(again.counts()).toMatchObject({ frames: 12, labelled: 11, labels: { surfing: 6, none: 5 } });
    expect((await filesIn(place.directory)).length).toBe(12);
    expect(again.label([{ frame: frames[0]?.id ?? '', label: labelAs([]) }])[0]?.seq).toBe(14);
  });

  it('with a damaged name of a column and a damaged label keeps all others', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    const frames = [newFrame(), newFrame()];
    for (const frame of frames) await archive.add(frame);
    archive.label(frames.map(({ id }) => ({ frame: id, label: labelAs(['surfing']) })));
    archive.label([{ frame: frames[0]?.id ?? '', label: labelAs(['windsurfing']) }]);
    const log = archive.log(100).filter(({ labels }) => labels?.[0] === 'surfing');
    archive.close();
    const path = join(place.directory, 'learning.db');
    const text = (await readFile(path)).toString('latin1');
    const damaged = text
      .replace('pointing TEXT', 'p\xffinting TEXT')
      .replace('windsurfing', 'wind\xffurfing');
    await writeFile(path, damaged, 'latin1');
    const told: string[] = [];
    const again = await place.open({}, setAside => told.push(setAside));
    expect(told.length).toBe(1);
    expect(again.log(100)).toEqual(log);
    expect(again.counts()).toMatchObject({ frames: 2, labelled: 2 });
  });

  it('is replaced by an empty one where nothing of it can be read, and the pictures stay', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    await archive.add(newFrame());
    archive.close();
    await writeFile(join(place.directory, 'learning.db'), 'nothing '.repeat(1000));
    const again = await place.open();
    expect(again.counts()).toEqual({ frames: 0, labelled: 0, bytes: 0, labels: {} });
    expect(await again.add(newFrame())).toBe('kept');
    expect((await filesIn(place.directory)).length).toBe(2);
  });
});
