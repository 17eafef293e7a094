import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackboneBundle, loadBackboneBundle } from '../../src/vision/bundle.ts';
import { createBackbone, type EngineOptions } from '../../src/vision/engines/create.ts';
import { chosenBy, trialFile } from '../../src/vision/engines/precision.ts';
import { readableLog } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { SHIPPED_BACKBONE } from './support.ts';

let bundle: BackboneBundle;

beforeAll(async () => {
  bundle = await loadBackboneBundle(SHIPPED_BACKBONE);
});

async function opened(options: Partial<EngineOptions>, of = bundle, use: 'photos' | 'frames' = 'frames') {
  const { log, lines } = readableLog();
  const { backbone, why } = await createBackbone(of, { engine: 'onnx', threads: 1, ...options }, log, use);
  await backbone.close();
  return { precision: backbone.precision, runtime: backbone.runtime, why, said: JSON.stringify(lines) };
}

describe('a trial of fp32 and int8', () => {
  const right = { fp32Ms: 20, int8Ms: 10, agreement: 0.995 };

  it('speaks for int8 where that is faster and agrees', () => {
    expect(chosenBy(right)).toBe('int8');
    expect(chosenBy({ ...right, int8Ms: 19 })).toBe('fp32');
    expect(chosenBy({ ...right, agreement: 0.9 })).toBe('fp32');
    expect(chosenBy({ ...right, agreement: Number.NaN })).toBe('fp32');
  });

  it('is made at the first start, and kept', async () => {
    const stateDir = await temporaryFolder();
    const { path } = trialFile(stateDir);
    const first = await opened({ precision: 'auto', stateDir });
    const kept = JSON.parse(await readFile(path, 'utf8'));
    expect(first.precision).toBe(chosenBy(kept));
    expect(first.why).toMatch(/int8 takes \d+ % of the time of fp32 and agrees by 0\.9/);
    expect(kept.agreement).toBeGreaterThan(0.99);

    const otherwise = kept.int8Ms < kept.fp32Ms ? { int8Ms: 2 * kept.fp32Ms } : { int8Ms: kept.fp32Ms / 2 };
    await writeFile(path, JSON.stringify({ ...kept, ...otherwise }));
    const second = await opened({ precision: 'auto', stateDir });
    expect(second.precision).toBe(chosenBy({ ...kept, ...otherwise }));
    expect(second.said).not.toContain(first.why.replace(/^.*; /, ''));
  });

  it('is made again on another machine, and where what was kept is damaged', async () => {
    const stateDir = await temporaryFolder();
    const { path } = trialFile(stateDir);
    await writeFile(path, JSON.stringify({ version: 1, ...right, of: 'another processor' }));
    await opened({ precision: 'auto', stateDir });
    expect(JSON.parse(await readFile(path, 'utf8')).of).not.toBe('another processor');
    await writeFile(path, '{"version": 1');
    const { said } = await opened({ precision: 'auto', stateDir });
    expect(said).toContain('fp32 and int8 are tried again');
    expect(JSON.parse(await readFile(path, 'utf8')).agreement).toBeGreaterThan(0.99);
  });
});

describe('the precision of the pass', () => {
  it('is what was set, and fp32 for photos and for commands, which keep no trial', async () => {
    const int8 = await opened({ precision: 'int8' });
    expect(int8.precision).toBe('int8');
    expect(int8.runtime).toMatch(/ int8$/);
    expect((await opened({ precision: 'auto' })).precision).toBe('fp32');
    expect((await opened({ precision: 'int8' }, bundle, 'photos')).precision).toBe('fp32');
  });

  it('is fp32 for a backbone without ranges, and int8 is refused', async () => {
    const { ranges: _, ...manifest } = bundle.manifest;
    const bare = { ...bundle, manifest };
    expect((await opened({ precision: 'auto', stateDir: await temporaryFolder() }, bare)).precision).toBe(
      'fp32',
    );
    await expect(opened({ precision: 'int8' }, bare)).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  it('int8 that is computed wrongly is not used', async () => {
    const ranges = Object.fromEntries(
      Object.entries(bundle.manifest.ranges ?? {}).map(([name, { max }]) => [name, { min: 0, max }]),
    );
    const wrong = { ...bundle, manifest: { ...bundle.manifest, ranges } };
    await expect(opened({ precision: 'int8' }, wrong)).rejects.toMatchObject({ code: 'engine-wrong' });
    const stateDir = await temporaryFolder();
    expect((await opened({ precision: 'auto', stateDir }, wrong)).precision).toBe('fp32');
  });
});
