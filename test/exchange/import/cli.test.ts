import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonLines, surfwatch } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sha256 } from '../../vision/support.ts';
import {
  dense,
  functional,
  kerasArchive,
  layer,
  legacyWeights,
  numberedWeights,
  officialLayers,
} from './support.ts';

describe('surfwatch backbone', () => {
  it('adds a file whose SHA-256 is right, and lists it', async () => {
    const folder = await temporaryFolder();
    const models = join(folder, 'models');
    const bytes = await legacyWeights(officialLayers(0.35, 1));
    const path = join(folder, 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5');
    await writeFile(path, bytes);

    const wrong = await surfwatch(['backbone', 'add', path, '--models', models, '--sha256', 'ab'.repeat(32)]);
    expect(wrong).toMatchObject({ status: 1, errors: expect.stringContaining('checksum-mismatch') });
    expect((await surfwatch(['backbone', 'list', '--models', models, '--json'])).output).toBe('');

    const options = [
      '--models',
      models,
      '--sha256',
      sha256(bytes),
      '--id',
      'narrow',
      '--licence',
      'Apache-2.0',
    ];
    const added = await surfwatch(['backbone', 'add', path, ...options, '--json']);
    expect(added.status, added.errors).toBe(0);
    expect(jsonLines(added.output)).toMatchObject([
      { id: 'narrow', alpha: 0.35, input: { size: 96 }, existed: false },
    ]);
    const listed = await surfwatch(['backbone', 'list', '--models', models, '--json']);
    expect(jsonLines(listed.output)).toMatchObject([{ id: 'narrow', licence: 'Apache-2.0', width: 1280 }]);
  });
});

describe('surfwatch import', () => {
  it('makes a model the one that classifies', async () => {
    const folder = await temporaryFolder();
    const models = join(folder, 'models');
    const layers = [
      layer('Rescaling', 'rescaling', { scale: 1 / 127.5, offset: -1 }),
      ...officialLayers(0.35, 1),
      layer('GlobalAveragePooling2D', 'pool'),
      dense('out', [1280, 2], 'softmax', 9),
    ];
    const path = join(folder, 'model.keras');
    await writeFile(path, kerasArchive(functional('whole', 64, layers), await numberedWeights(layers)));
    await writeFile(join(folder, 'labels.txt'), 'surfing\nnone\n');
    const options = ['--models', models, '--backbone-id', 'theirs', '--current', '--json'];
    const imported = await surfwatch(['import', path, ...options]);
    expect(imported.status, imported.errors).toBe(0);
    const [found] = jsonLines(imported.output);
    expect(found).toMatchObject({ activities: ['surfing'], background: ['none'], output: 'softmax' });
    expect(await readFile(join(models, 'heads', 'current'), 'utf8')).toBe(`${found?.id}\n`);

    const picture = join(folder, 'sea.png');
    const sharp = (await import('sharp')).default;
    const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
    await sharp({ create: { width: 96, height: 96, channels: 3, background: 'grey', noise } }).toFile(
      picture,
    );
    const settings = ['--set', `models.dir=${models}`, '--set', 'models.backbone=theirs'];
    const classified = await surfwatch(['classify', '--json', picture, ...settings]);
    expect(classified.status, classified.errors).toBe(0);
    expect(jsonLines(classified.output)[0]).toMatchObject({ scores: { surfing: expect.any(Number) } });
  });
});
