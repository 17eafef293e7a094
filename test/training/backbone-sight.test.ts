import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import {
  type BackboneSight,
  loadSeen,
  seenFiles,
  seenMore,
  sightOf,
  UNRECORDED,
} from '../../src/training/backbone-sight.ts';
import { judgedBy, sightWarning } from '../../src/training/report/sight-words.ts';
import { put } from '../cli/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('what a backbone was trained on', () => {
  it('is known by the files of its pictures, wherever they lie, and by nothing where there is no record', async () => {
    const folder = await temporaryFolder();
    const [one, two, copy] = await Promise.all([
      put(folder, 'pier/1.jpg', 'first'),
      put(folder, 'pier/2.jpg', 'second'),
      put(folder, 'elsewhere/x.jpg', 'first'),
    ]);
    expect(await loadSeen(folder)).toEqual(UNRECORDED);
    const seen = { ...(await seenMore(UNRECORDED, [one, join(folder, 'gone.jpg')])), complete: true };
    const [[name, content] = ['', '']] = Object.entries(seenFiles(seen));
    await writeFile(join(folder, name), content);
    expect(await loadSeen(folder)).toEqual(seen);
    const pictures = [
      { path: copy, group: 'north' },
      { path: two, group: 'south' },
    ];
    const both = new Set(['north', 'south']);
    expect(await sightOf(seen, pictures, both)).toEqual({ judged: 2, seen: ['north'], recorded: true });
    expect(await sightOf(seen, pictures, new Set(['south']))).toMatchObject({ seen: [] });
    expect(await sightOf(UNRECORDED, pictures, both)).toEqual({ judged: 2, seen: [], recorded: false });
    const more = await seenMore(seen, [two]);
    expect((await sightOf(more, pictures, both)).seen).toEqual(['north', 'south']);
  });

  it('counts a camera as seen by any of its frames, also one that does not judge', async () => {
    const folder = await temporaryFolder();
    const [judging, other] = await Promise.all([put(folder, '1.jpg', 'a'), put(folder, '2.jpg', 'b')]);
    const seen = await seenMore(UNRECORDED, [other]);
    const pictures = [judging, other].map(path => ({ path, group: 'pier' }));
    expect((await sightOf(seen, pictures, new Set(['pier']))).seen).toEqual(['pier']);
  });

  it('is refused where the record cannot be read', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'seen.json', '{"complete":true}');
    await expect(loadSeen(folder)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining('"pictures" is no list'),
    });
  });

  it('is on record for the shipped backbone: the frames in this repository are among it', async () => {
    const frames = fileURLToPath(new URL('../data/surfcam-cc0/frames/', import.meta.url));
    const pictures = (await readdir(frames)).map(file => ({ path: join(frames, file), group: file }));
    const seen = await loadSeen(join(SHIPPED_MODELS, 'backbone', 'surfwatch-mobilenetv2-v3'));
    const groups = new Set(pictures.map(({ group }) => group));
    expect(await sightOf(seen, pictures, groups)).toEqual({
      judged: 12,
      seen: [...groups].sort(),
      recorded: true,
    });
  });
});

describe('in words', () => {
  const sight = (seen: readonly string[], recorded = true): BackboneSight => ({ judged: 2, seen, recorded });

  it.each([
    [
      'all',
      sight(['a', 'b']),
      'groups that its backbone was trained on',
      'trained on all 2 groups that judge',
    ],
    [
      'some',
      sight(['a'], false),
      'on some of which its backbone was trained',
      'trained on 1 of the 2 groups',
    ],
    ['nothing on record', sight([], false), 'whether or not its backbone was trained', 'It is not on record'],
  ] as const)('%s: named, and warned of', (_, given, named, warned) => {
    expect(judgedBy('group', given)).toContain(named);
    expect(sightWarning('group', given)).toContain(warned);
  });

  it('none: nothing to warn of', () => {
    expect(judgedBy('camera', sight([]))).toContain(
      'cameras that neither it nor, by its record, its backbone',
    );
    expect(sightWarning('camera', sight([]))).toBeNull();
  });
});
