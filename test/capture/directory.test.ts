import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { DirectorySource } from '../../src/capture/directory.ts';
import type { DirectoryOptions } from '../../src/capture/options.ts';
import { EndOfFrames } from '../../src/capture/source.ts';
import { atEnd } from '../support/at-end.ts';
import { silent as log } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { failure, jpeg, never } from './fixtures.ts';

function directory(path: string, options: Partial<DirectoryOptions> = {}): DirectorySource {
  const source = new DirectorySource(
    { path, loop: true, watch: false, ...options },
    { clock: systemClock, log },
  );
  atEnd(() => source.close());
  return source;
}

/** A folder with pictures of these names, each of another shade. */
async function pictures(...names: string[]): Promise<string> {
  const folder = join(await temporaryFolder(), 'pictures');
  await mkdir(folder);
  for (const [index, name] of names.entries()) await writeFile(join(folder, name), await jpeg(index));
  return folder;
}

const nameOf = async (source: DirectorySource) => basename((await source.grab(never)).origin);

async function names(source: DirectorySource, count: number): Promise<string[]> {
  const list: string[] = [];
  while (list.length < count) list.push(await nameOf(source));
  return list;
}

describe('replay', () => {
  test('in natural order, again and again, leaving out what is no picture by its name', async () => {
    const folder = await pictures('shot10.jpg', 'shot2.JPEG', 'shot1.jpg', '.hidden.jpg', 'notes.txt');
    await mkdir(join(folder, 'sub'));
    const source = directory(folder);
    const round = ['shot1.jpg', 'shot2.JPEG', 'shot10.jpg'];
    expect(await names(source, 6)).toEqual([...round, ...round]);
    expect(source.dropped).toBe(0);
  });

  test('PNG and WebP too', async () => {
    const folder = await pictures();
    const picture = sharp(await jpeg(3));
    await picture.png().toFile(join(folder, 'a.png'));
    await picture.webp().toFile(join(folder, 'b.webp'));
    expect(await names(directory(folder), 2)).toEqual(['a.png', 'b.webp']);
  });

  test('without loop it ends, and stays ended', async () => {
    const source = directory(await pictures('a.jpg', 'b.jpg'), { loop: false });
    expect((await source.grab(never)).bytes).toEqual(await jpeg(0));
    expect((await source.grab(never)).bytes).toEqual(await jpeg(1));
    await expect(source.grab(never)).rejects.toBeInstanceOf(EndOfFrames);
    await expect(source.grab(never)).rejects.toBeInstanceOf(EndOfFrames);
  });

  test('files that cannot be used are skipped', async () => {
    const folder = await pictures('a.jpg', 'z.jpg');
    const outside = join(await temporaryFolder(), 'secret.jpg');
    await writeFile(outside, await jpeg(9));
    await symlink(outside, join(folder, 'b-outside.jpg'));
    await symlink('/nonexistent', join(folder, 'c-dangling.jpg'));
    await symlink('z.jpg', join(folder, 'd-inside.jpg'));
    await writeFile(join(folder, 'e-empty.jpg'), '');
    await writeFile(join(folder, 'f-text.jpg'), 'not a picture at all');
    await mkdir(join(folder, 'g-folder.jpg'));
    execFileSync('mkfifo', [join(folder, 'h-pipe.jpg')]);
    const source = directory(folder, { loop: false });
    expect(await names(source, 3)).toEqual(['a.jpg', 'd-inside.jpg', 'z.jpg']);
    await expect(source.grab(never)).rejects.toBeInstanceOf(EndOfFrames);
  });

  test.each([true, false])(
    'nothing but unusable files is an error, not an endless search (loop: %s)',
    async loop => {
      const folder = await pictures();
      await writeFile(join(folder, 'a.jpg'), 'not a picture at all');
      const source = directory(folder, { loop });
      await failure('camera-bad-response', source.grab(never));
      await failure('camera-bad-response', source.grab(never));
      await writeFile(join(folder, 'b.jpg'), await jpeg(1));
      expect(await nameOf(source)).toBe('b.jpg');
    },
  );

  test('missing, empty, filled, vanished and back again', async () => {
    const folder = join(await temporaryFolder(), 'later');
    const source = directory(folder);
    await failure('camera-missing', source.grab(never));
    await mkdir(folder);
    await failure('camera-missing', source.grab(never));
    await writeFile(join(folder, 'a.jpg'), await jpeg(1));
    await writeFile(join(folder, 'b.jpg'), await jpeg(2));
    expect(await nameOf(source)).toBe('a.jpg');
    await rename(folder, `${folder}.away`);
    expect((await failure('camera-missing', source.grab(never))).message).toContain(folder);
    await failure('camera-missing', source.grab(never));
    await rename(`${folder}.away`, folder);
    expect(await nameOf(source)).toBe('a.jpg');
  });

  test('the end of a folder that vanished is no end', async () => {
    const folder = await pictures('a.jpg', 'b.jpg');
    const source = directory(folder, { loop: false });
    await source.grab(never);
    await rm(folder, { recursive: true });
    await failure('camera-missing', source.grab(never));
  });

  test('a path that is a file', async () => {
    const folder = await pictures('a.jpg');
    await failure('camera-missing', directory(join(folder, 'a.jpg')).grab(never));
  });
});

describe.concurrent('watch', () => {
  const nothing = (source: DirectorySource, ms = 300) =>
    expect(source.grab(AbortSignal.timeout(ms))).rejects.toThrow(/timeout/i);

  test('gives what arrives: written, moved in, written again; not what was there, nor links that lead outside', async () => {
    const folder = await pictures('old.jpg');
    const source = directory(folder, { watch: true });
    await nothing(source);
    await writeFile(join(folder, 'new.jpg'), await jpeg(5));
    expect((await source.grab(never)).bytes).toEqual(await jpeg(5));

    const elsewhere = join(await temporaryFolder(), 'x.jpg');
    await writeFile(elsewhere, await jpeg(6));
    await symlink(elsewhere, join(folder, 'link.jpg'));
    await writeFile(join(folder, 'notes.txt'), 'x');
    await copyFile(elsewhere, join(folder, 'part.tmp'));
    await rename(join(folder, 'part.tmp'), join(folder, 'moved.jpg'));
    expect(await nameOf(source)).toBe('moved.jpg');

    await writeFile(join(folder, 'old.jpg'), await jpeg(7));
    expect((await source.grab(never)).bytes).toEqual(await jpeg(7));
  });

  test('waits until a file is complete', async () => {
    const folder = await pictures();
    const source = directory(folder, { watch: true });
    await nothing(source);
    const grab = source.grab(never);
    const whole = await jpeg(8);
    const file = await open(join(folder, 'slow.jpg'), 'w');
    for (let at = 0; at < whole.length - 20; at += 100) {
      await file.write(whole.subarray(at, Math.min(at + 100, whole.length - 20)));
      await new Promise(resolve => setTimeout(resolve, 120));
    }
    // Longer than a file needs to look finished; but its end is missing.
    await new Promise(resolve => setTimeout(resolve, 1000));
    await file.write(whole.subarray(-20));
    await file.close();
    expect((await grab).bytes).toEqual(whole);
  });

  test('the newest wins, the others are counted', async () => {
    const folder = await pictures();
    const source = directory(folder, { watch: true });
    await nothing(source);
    for (const name of ['3.jpg', '1.jpg', '2.jpg']) {
      await writeFile(join(folder, name), await jpeg(1));
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    await until(() => source.dropped === 2);
    expect(await nameOf(source)).toBe('2.jpg');
    expect(source.dropped).toBe(2);
    await nothing(source, 900);
    await source.close();
    expect(source.dropped).toBe(2);
  });

  test('what arrives while it is closed is not missed', async () => {
    const folder = await pictures('old.jpg');
    const source = directory(folder, { watch: true });
    await nothing(source);
    await source.close();
    await writeFile(join(folder, 'meanwhile.jpg'), await jpeg(2));
    expect(await nameOf(source)).toBe('meanwhile.jpg');
    await source.close();
    await nothing(source, 900);
  });

  test('a folder that is missing, comes, vanishes and returns', async () => {
    const folder = join(await temporaryFolder(), 'later');
    const source = directory(folder, { watch: true });
    await failure('camera-missing', source.grab(never));
    await mkdir(folder);
    await nothing(source);
    const grab = source.grab(never);
    await rm(folder, { recursive: true });
    await failure('camera-missing', grab);
    await failure('camera-missing', source.grab(never));
    await mkdir(folder);
    await nothing(source);
    await writeFile(join(folder, 'a.jpg'), await jpeg(1));
    expect(await nameOf(source)).toBe('a.jpg');
  });
});

test('refused: no folder at all', () => {
  expect(() => directory('')).toThrow(expect.objectContaining({ code: 'camera-option-refused' }));
});
