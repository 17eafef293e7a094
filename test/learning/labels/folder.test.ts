import { appendFileSync, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { SurfwatchError } from '../../../src/errors.ts';
import { LabelFolder, type LabelFolderOptions } from '../../../src/learning/labels/folder.ts';
import type { LabelService } from '../../../src/learning/labels/service.ts';
import { silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { ACTIVITIES, picture, startLabels } from './support.ts';

async function startFolder(options: Partial<LabelFolderOptions> = {}, root?: string) {
  const parent = await temporaryFolder();
  const path = root ?? join(parent, 'labelled');
  const parts = await startLabels();
  const start = (labels: Pick<LabelService, 'labelImage' | 'checkNames'> = parts.labels) => {
    const folder = new LabelFolder({
      root: path,
      labels,
      activities: () => ACTIVITIES,
      clock: systemClock,
      log: silent,
      options: { scanEveryMs: 5, retryMs: 5, ...options },
    });
    folder.start();
    onTestFinished(() => folder.stop());
    return folder;
  };
  return { ...parts, parent, start, at: (...names: string[]) => join(path, ...names) };
}

const lay = async (path: string, bytes: Buffer | string) => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, bytes);
};
const present = (path: string) => until(() => existsSync(path), path);
const held = ({ archive }: Awaited<ReturnType<typeof startFolder>>) =>
  archive.labelled().map(({ label }) => [label.way, label.labels.join('+')]);

describe('LabelFolder', () => {
  it('makes a folder for each activity and none', async () => {
    const { start, at } = await startFolder();
    start();
    await present(at('none'));
    expect((await readdir(at())).sort()).toEqual([...ACTIVITIES, 'none'].sort());
  });

  it('labels what lies there at the start and what comes later, and puts it away', async () => {
    const folder = await startFolder();
    const { start, at } = folder;
    const first = await picture('#112233');
    await lay(at('Kitesurfing+surfing', 'a.jpg'), first);
    start();
    await present(at('.done', 'kitesurfing+surfing', 'a.jpg'));
    await lay(at('none', 'b.png'), await picture('#445566', 'png'));
    await present(at('.done', 'none', 'b.png'));
    expect(held(folder)).toEqual([
      ['folder', 'kitesurfing+surfing'],
      ['folder', ''],
    ]);
    expect(await readFile(at('.done', 'kitesurfing+surfing', 'a.jpg'))).toEqual(first);
    expect(await readdir(at('none'))).toEqual([]);
  });

  it('deletes it where that is set', async () => {
    const folder = await startFolder({ after: 'delete' });
    await lay(folder.at('surfing', 'a.jpg'), await picture());
    folder.start();
    await until(() => !existsSync(folder.at('surfing', 'a.jpg')), 'deleted');
    expect(held(folder)).toEqual([['folder', 'surfing']]);
    expect(existsSync(folder.at('.done'))).toBe(false);
  });

  it('waits for a file that is still being written', async () => {
    const folder = await startFolder();
    const { at, start } = folder;
    const bytes = await picture();
    const path = at('surfing', 'slow.jpg');
    await lay(path, bytes.subarray(0, 100));
    await lay(at('surfing', 'whole.jpg.part'), bytes);
    start();
    // Each look finds it grown by a byte, more often than a file without an end is waited for.
    for (let n = 100; n < 130; n++) {
      appendFileSync(path, bytes.subarray(n, n + 1));
      await new Promise(resolve => setTimeout(resolve, 4));
    }
    expect(existsSync(path)).toBe(true);
    appendFileSync(path, bytes.subarray(130));
    await rename(at('surfing', 'whole.jpg.part'), at('surfing', 'whole.jpg'));
    await present(at('.done', 'surfing', 'slow.jpg'));
    await present(at('.done', 'surfing', 'whole.jpg'));
    expect(existsSync(at('.refused'))).toBe(false);
  });

  it('puts away what is no picture, or a broken one, with a note that says why', async () => {
    const folder = await startFolder({ maxBytes: 2_000 });
    const { at, start } = folder;
    const bytes = await picture();
    await lay(at('surfing', 'notes.txt'), 'nine feet');
    await lay(at('surfing', 'half.jpg'), bytes.subarray(0, 200));
    await lay(at('surfing', 'empty.jpg'), '');
    await lay(at('surfing', 'huge.jpg'), Buffer.alloc(3_000, 1));
    await lay(at('surfing', '.hidden'), 'let be');
    start();
    for (const [name, code] of [
      ['notes.txt', 'label-not-an-image'],
      ['half.jpg', 'label-not-an-image'],
      ['empty.jpg', 'label-not-an-image'],
      ['huge.jpg', 'label-image-too-large'],
    ] as const) {
      await present(at('.refused', 'surfing', `${name}.txt`));
      const note = await readFile(at('.refused', 'surfing', `${name}.txt`), 'utf8');
      expect(note.startsWith(`${code}: `), note).toBe(true);
      expect(existsSync(at('.refused', 'surfing', name))).toBe(true);
    }
    expect(await readdir(at('surfing'))).toEqual(['.hidden']);
    expect(held(folder)).toEqual([]);
  });

  it('leaves a note in a folder whose name is none, until it is renamed', async () => {
    const folder = await startFolder();
    const { at, start } = folder;
    await lay(at('surfin', 'a.jpg'), await picture());
    start();
    await present(at('surfin', 'REFUSED.txt'));
    await until(() => existsSync(at('none')), 'started');
    expect(await readFile(at('surfin', 'REFUSED.txt'), 'utf8')).toMatch(
      /^label-activity-unknown: .*"surfing"/,
    );
    await rename(at('surfin'), at('surfing+kitesurfing'));
    await present(at('.done', 'kitesurfing+surfing', 'a.jpg'));
    expect(await readdir(at('surfing+kitesurfing'))).toEqual([]);
  });

  it('does not put one file in the place of another', async () => {
    const { at, start } = await startFolder();
    start();
    for (const [n, name] of ['a.jpg', 'a-2.jpg', 'a-3.jpg'].entries()) {
      await lay(at('surfing', 'a.jpg'), await picture(`#00000${n}`));
      await present(at('.done', 'surfing', name));
    }
  });

  it('goes on when the folder goes and comes back', async () => {
    const folder = await startFolder();
    const { at, start } = folder;
    start();
    await lay(at('surfing', 'a.jpg'), await picture('#111111'));
    await present(at('.done', 'surfing', 'a.jpg'));
    await rm(at(), { recursive: true });
    await lay(at('surfing', 'b.jpg'), await picture('#222222'));
    await present(at('.done', 'surfing', 'b.jpg'));
    expect(held(folder)).toHaveLength(2);
  });

  it('does not follow links that lead out of it', async () => {
    const folder = await startFolder();
    const { at, parent, start } = folder;
    await lay(join(parent, 'private', 'mine.jpg'), await picture('#111111'));
    await lay(at('.kept', 'ours.jpg'), await picture('#222222'));
    await mkdir(at('surfing'), { recursive: true });
    await symlink(join(parent, 'private', 'mine.jpg'), at('surfing', 'mine.jpg'));
    await symlink(at('.kept', 'ours.jpg'), at('surfing', 'ours.jpg'));
    await symlink(join(parent, 'private'), at('kitesurfing'));
    start();
    await present(at('.refused', 'surfing', 'mine.jpg.txt'));
    await present(at('.refused', 'kitesurfing.txt'));
    await until(() => held(folder).length === 1, 'the link inside is followed');
    expect(await readdir(join(parent, 'private'))).toEqual(['mine.jpg']);
  });

  it('tries again what failed for another reason than the picture', async () => {
    const folder = await startFolder();
    const { at, start, labels, archive } = folder;
    await lay(at('surfing', 'a.jpg'), await picture());
    let full = 3;
    start({
      ...labels,
      labelImage: (...args) =>
        full-- > 0 ? Promise.reject(new SurfwatchError('disk-full', 'no room')) : labels.labelImage(...args),
    });
    await present(at('.done', 'surfing', 'a.jpg'));
    expect(full).toBe(-1);
    expect(archive.counts().labelled).toBe(1);
  });

  it('labels nothing twice where it was stopped before a picture was put away', async () => {
    const folder = await startFolder();
    const { at, start, archive, labels } = folder;
    const bytes = await picture();
    await labels.labelImage(bytes, ['surfing'], { way: 'folder' });
    await lay(at('surfing', 'a.jpg'), bytes);
    start();
    await present(at('.done', 'surfing', 'a.jpg'));
    expect(archive.counts()).toMatchObject({ frames: 1, labelled: 1 });
    expect(archive.log(10)).toHaveLength(1);
  });

  it('takes nothing more after it was stopped', async () => {
    const folder = await startFolder();
    const { at, start } = folder;
    const running = start();
    await present(at('none'));
    await running.stop();
    await lay(at('surfing', 'a.jpg'), await picture());
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(held(folder)).toEqual([]);
  });
});

describe('a sidecar', () => {
  const pointings = ({ archive }: Awaited<ReturnType<typeof startFolder>>) =>
    archive.labelled().map(({ label }) => label.pointing);

  it('says where the riders of its picture are, and is put away with it', async () => {
    const folder = await startFolder();
    const { at, start } = folder;
    await lay(at('surfing', 'a.json'), JSON.stringify({ riders: [{ x: 0.25, y: 0.5 }], complete: true }));
    start();
    await lay(at('surfing', 'a.jpg'), await picture());
    await present(at('.done', 'surfing', 'a.json'));
    const riders = [{ x: 0.25, y: 0.5, activity: 'surfing' }];
    expect(pointings(folder)).toEqual([{ riders, complete: true, nobody: [] }]);
    expect(existsSync(at('.done', 'surfing', 'a.jpg'))).toBe(true);
    expect(await readdir(at('surfing'))).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['a place outside the frame', '{"riders":[{"x":1.5,"y":0.5}]}'],
    ['another activity than its folder', '{"riders":[{"x":0.5,"y":0.5,"activity":"kitesurfing"}]}'],
    ['nobody, and does not say that this is all', '{"riders":[]}'],
    ['something it does not know', '{"riders":[],"complete":true,"rider":[]}'],
    ['more than anybody could point at', `{"riders":[${Array(3000).fill('{"x":0.5,"y":0.5}').join()}]}`],
  ])('that holds %s is refused with its picture, and says why', async (_, text) => {
    const folder = await startFolder();
    const { at, start } = folder;
    await lay(at('surfing', 'a.json'), text);
    await lay(at('surfing', 'a.jpg'), await picture());
    start();
    await present(at('.refused', 'surfing', 'a.jpg.txt'));
    expect(await readFile(at('.refused', 'surfing', 'a.jpg.txt'), 'utf8')).toContain('label-malformed');
    await until(() => existsSync(at('.refused', 'surfing', 'a.json')), 'the sidecar beside it');
    expect(held(folder)).toEqual([]);
  });
});
