import { existsSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkSources } from '../../../src/training/data/check.ts';
import type { Finding } from '../../../src/training/data/findings.ts';
import { drawBeach, drawSea, folderOf, jpegOf } from './support.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');

/** Findings as their kind and the names of their files below the folder. */
function named(findings: readonly Finding[], root: string): string[] {
  return findings.map(({ kind, files }) =>
    [kind, ...files.map(file => file.slice(root.length + 1))].join(' '),
  );
}

async function photos(folder: string, seeds: readonly number[]): Promise<Record<string, Buffer>> {
  const drawn = seeds.map(
    async seed => [`${folder}/${seed}.jpg`, await jpegOf(await drawBeach(seed))] as const,
  );
  return Object.fromEntries(await Promise.all(drawn));
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe('checkSources', () => {
  it('names every bad file among good ones, leaves it out and keeps the others', async () => {
    const good = {
      ...(await photos('surfing', range(1000, 15))),
      ...(await photos('windsurfing', range(2000, 15))),
      ...(await photos('none', range(3000, 12))),
    };
    const photo = (name: string) => good[name] as Buffer;
    const bad = {
      'surfing/empty.jpg': Buffer.alloc(0),
      'surfing/text.jpg': Buffer.from('no picture at all, but a text'),
      'windsurfing/cut.jpg': photo('windsurfing/2000.jpg').subarray(0, 4000),
      'windsurfing/spoilt.jpg': spoilt(photo('windsurfing/2001.jpg')),
      'none/tiny.png': await sharp(photo('none/3000.jpg')).resize(80, 60).png().toBuffer(),
      'none/bomb.png': await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
      'surfing/vector.jpg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>'),
      'windsurfing/zz-copy.jpg': photo('windsurfing/2002.jpg'),
      'windsurfing/zz-smaller.webp': await sharp(photo('windsurfing/2003.jpg')).resize(200).webp().toBuffer(),
      // In the wrong class: neither it nor its original can be trusted.
      'surfing/wrong.jpg': await jpegOf(photo('none/3001.jpg'), 50),
    };
    const root = await folderOf({ ...good, ...bad });
    const { findings, leftOut, files } = await checkSources([root], { limits: { maxPixels: 50e6 } });
    expect(named(findings, root).sort()).toEqual([
      'contradiction none/3001.jpg surfing/wrong.jpg',
      'duplicate windsurfing/zz-copy.jpg windsurfing/2002.jpg',
      'duplicate windsurfing/zz-smaller.webp windsurfing/2003.jpg',
      'tiny none/tiny.png',
      'too-large none/bomb.png',
      'unreadable surfing/empty.jpg',
      'unreadable surfing/text.jpg',
      'unreadable surfing/vector.jpg',
      'unreadable windsurfing/cut.jpg',
      'unreadable windsurfing/spoilt.jpg',
    ]);
    const expected = [...Object.keys(bad), 'none/3001.jpg'].map(name => join(root, name));
    expect([...leftOut].sort()).toEqual(expected.sort());
    expect(files).toHaveLength(52);
  });

  it('reads pictures whatever their names end in, and turned pictures', async () => {
    const [gif, avif] = [await drawBeach(1), await drawBeach(2)];
    const turned = await sharp(await drawBeach(3))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const root = await folderOf({
      'surfing/a.jpg': await sharp(gif).gif().toBuffer(),
      'surfing/b.png': await sharp(avif).avif({ effort: 0 }).toBuffer(),
      'surfing/c.webp': turned,
      'surfing/d.jpg': await sharp(turned).autoOrient().jpeg().toBuffer(),
    });
    const { findings, leftOut } = await checkSources([root]);
    expect([...leftOut]).toEqual([join(root, 'surfing/d.jpg')]);
    expect(findings.filter(({ leftOut }) => leftOut.length > 0)).toMatchObject([{ kind: 'duplicate' }]);
  });

  it('leaves copies out within a group, and keeps them together across groups', async () => {
    const [one, two] = [await drawBeach(1), await drawBeach(2)];
    const crop = await sharp(two).extract({ left: 4, top: 3, width: 312, height: 234 }).jpeg().toBuffer();
    const root = await folderOf({
      'surfing/a.jpg': await jpegOf(one),
      'surfing/b.jpg': await jpegOf(one),
      'surfing/c.jpg': await jpegOf(one, 60),
      'surfing/d.jpg': await jpegOf(two),
      'surfing/e.jpg': crop,
      'surfing/f.jpg': await jpegOf(await drawBeach(3)),
      'manifest.csv': `file,group\n${['a,x', 'b,x', 'c,y', 'd,x', 'e,y', 'f,y'].map(row => `surfing/${row.replace(',', '.jpg,')}`).join('\n')}\n`,
    });
    const { findings, leftOut, cluster } = await checkSources([root]);
    expect(named(findings, root)).toEqual([
      'duplicate surfing/b.jpg surfing/a.jpg',
      'near-duplicate surfing/a.jpg surfing/c.jpg',
      'near-duplicate surfing/d.jpg surfing/e.jpg',
      'too-few',
      'too-few',
    ]);
    expect([...leftOut]).toEqual([join(root, 'surfing/b.jpg')]);
    const clusterOf = (name: string) => cluster.get(join(root, `surfing/${name}.jpg`));
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(clusterOf)).toEqual([
      ...new Array(3).fill(join(root, 'surfing/a.jpg')),
      ...new Array(2).fill(join(root, 'surfing/d.jpg')),
      undefined,
    ]);
  });

  it('does not take two pictures of plain sea for one', async () => {
    const seas = await Promise.all(range(1, 30).map(async seed => [`none/${seed}.jpg`, await drawSea(seed)]));
    const root = await folderOf(Object.fromEntries(seas));
    const { leftOut, cluster } = await checkSources([root]);
    expect([leftOut.size, cluster.size]).toEqual([0, 0]);
  });

  it('finds a photo that contradicts another in a second folder, once where a folder is given twice', async () => {
    const [photo, other] = [await jpegOf(await drawBeach(1)), await jpegOf(await drawBeach(2))];
    const here = await folderOf({ 'surfing/1.jpg': photo, 'surfing/2.jpg': other });
    const there = await folderOf({ 'surfing+kitesurfing/1.jpg': photo });
    const { findings, files } = await checkSources([here, there, here]);
    expect(files).toHaveLength(3);
    expect(findings[0]).toEqual({
      kind: 'contradiction',
      files: [join(here, 'surfing/1.jpg'), join(there, 'surfing+kitesurfing/1.jpg')],
      message: 'the same picture is labelled surfing and surfing+kitesurfing',
      leftOut: [join(here, 'surfing/1.jpg'), join(there, 'surfing+kitesurfing/1.jpg')],
    });
  });

  it('checks names of folders, numbers and balance', async () => {
    const root = await folderOf({
      ...(await photos('none', range(1, 111))),
      ...(await photos('surfing', range(200, 11))),
      ...(await photos('sufring', range(300, 1))),
      ...(await photos('Wind Surfer', range(400, 1))),
      ...(await photos('none+surfing', range(500, 1))),
      'manifest.csv': `file,group\n${range(200, 11)
        .map(n => `surfing/${n}.jpg,club`)
        .join('\n')}\n`,
    });
    const { findings, leftOut } = await checkSources([root]);
    expect(findings.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'not-a-class: “Wind Surfer” is no class: the name of a class has only a-z, 0-9 and -, with + between activities; did you mean “windsurfing”?',
      'not-a-class: “none+surfing” is no class: “none” can’t be together with an activity',
      'not-a-class: “sufring” is taken for an activity of its own; did you mean “surfing”?',
      'too-few: surfing: all from one group, so that none can be held out',
      'too-few: sufring: fewer than 10 pictures (1)',
      'imbalance: none has 111 pictures, sufring 1: 111 times as many',
    ]);
    expect([...leftOut].sort()).toEqual([
      join(root, 'Wind Surfer/400.jpg'),
      join(root, 'none+surfing/500.jpg'),
    ]);
  });

  it('checks frames for readability and boxes, not for likeness', async () => {
    const frame = await jpegOf(await drawBeach(1));
    const rider = { activity: 'surfing', box: [0.1, 0.1, 0.1, 0.1] };
    const root = await folderOf({
      'frames/a.jpg': frame,
      'frames/b.jpg': frame,
      'frames/broken.jpg': frame.subarray(0, 3000),
      'frames/nowhere.jpg': frame,
      'boxes.json': JSON.stringify({
        'a.jpg': [rider],
        'b.jpg': [],
        'broken.jpg': [rider],
        'gone.jpg': [rider],
        'nowhere.jpg': [{ ...rider, box: [1.2, 0.5, 0.1, 0.1] }],
      }),
    });
    const { findings, leftOut, sources, cluster } = await checkSources([root]);
    expect(sources).toEqual([{ directory: root, format: 'boxes.json' }]);
    expect(named(findings, root).filter(text => text.includes('/'))).toEqual([
      'unreadable frames/broken.jpg',
      'missing-file frames/gone.jpg',
      'bad-box frames/nowhere.jpg',
    ]);
    expect([leftOut.size, cluster.size]).toEqual([3, 0]);
  });

  it('tells how far it is', async () => {
    const root = await folderOf(await photos('surfing', range(1, 5)));
    const told: number[][] = [];
    await checkSources([root], { onFile: (...counts) => told.push(counts) });
    expect(told).toEqual([1, 2, 3, 4, 5].map(done => [done, 5]));
  });

  it('refuses a folder that went away', async () => {
    const root = await folderOf({});
    await rm(root, { recursive: true });
    await expect(checkSources([root])).rejects.toMatchObject({ code: 'dataset-unreadable' });
  });

  const tele = join(SHARED, 'windsurf-tele');
  it.skipIf(!existsSync(tele))('finds the one bad box of real frames (needs ../shared)', async () => {
    const { files, findings, leftOut } = await checkSources([tele]);
    expect(files).toHaveLength(161);
    expect(findings.map(({ kind }) => kind)).toEqual(['bad-box']);
    expect(leftOut.size).toBe(1);
  });
});

describe('checkSources on real photos', () => {
  const watersports = join(SHARED, 'watersports');
  it.skipIf(!existsSync(watersports))(
    'finds the one photo that is there twice (needs ../shared)',
    async () => {
      const root = await folderOf({});
      for (const name of ['surfing', 'manifest.csv']) {
        await symlink(join(watersports, name), join(root, name));
      }
      const { files, findings, leftOut, cluster } = await checkSources([root]);
      expect(files).toHaveLength(210);
      expect([...leftOut]).toEqual([join(root, 'surfing/surfing_0092.jpg')]);
      expect(named(findings, root)).toEqual([
        'duplicate surfing/surfing_0092.jpg surfing/surfing_0091.jpg',
        'near-duplicate surfing/surfing_0044.jpg surfing/surfing_0201.jpg',
        'too-few',
      ]);
      // Five scenes with two shots each.
      expect(cluster.size).toBe(10);
    },
  );
});

/** The middle of its compressed data overwritten, as by a bad disk. */
function spoilt(jpeg: Buffer): Buffer {
  const copy = Buffer.from(jpeg);
  copy.fill(0xff, Math.floor(copy.length / 2), Math.floor(copy.length / 2) + 400);
  return copy;
}
