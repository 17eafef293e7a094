import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { fineTune, type TunedBackbone } from '../../../src/training/tuning/fine-tune.ts';
import type { TuningOptions, TuningPhase } from '../../../src/training/tuning/options.ts';
import { layerWeights } from '../../../src/vision/bundle.ts';
import type { Tensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { program } from '../../support/programs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { drawnViews, picturesOf, smallBundle, tuningOptions, tuningTensorflow } from './support.ts';

const bundle = smallBundle();
const views = drawnViews(24);
let tf: Tensorflow;
beforeAll(async () => {
  tf = await tuningTensorflow();
});

async function tuned(change: Partial<TuningOptions> = {}, hooks = {}): Promise<TunedBackbone> {
  const options = tuningOptions(await temporaryFolder(), change);
  return fineTune(tf, bundle, picturesOf(views), options, hooks);
}

/** Bits, so that even −0 and 0 differ. */
function bitsOf({ weights, head }: TunedBackbone): string {
  return [weights, ...Object.values(head)]
    .map(values => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'))
    .join();
}

describe('fine-tuning', () => {
  it('lowers the loss, on what it learns from and on what is held out', async () => {
    const { history, samples, blocks } = await tuned({ epochs: 6 });
    expect(history.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(history[6]?.loss).toBeLessThan((history[1]?.loss as number) * 0.8);
    expect(history[6]?.validation?.loss).toBeLessThan(history[0]?.validation?.loss as number);
    expect(samples).toEqual({ fitted: 60, held: 12 });
    expect(blocks).toEqual(['block2', 'conv_last']);
  });

  it('leaves frozen layers as they are, bit for bit, and changes all others', async () => {
    const { weights, draft } = await tuned({ epochs: 1, held: new Set() });
    expect(draft.layers).toBe(bundle.manifest.layers);
    for (const layer of bundle.manifest.layers) {
      const before = layerWeights(bundle, layer).kernel;
      const after = layerWeights({ ...bundle, weights }, layer).kernel;
      const same = Buffer.from(after.slice().buffer).equals(Buffer.from(before.slice().buffer));
      expect([layer.name, same]).toEqual([layer.name, !/block2|conv_last/.test(layer.name)]);
    }
  });

  it('describes the new bundle under its own name, and where it comes from', async () => {
    const { draft } = await tuned({ epochs: 1 });
    expect(draft.id).toBe('small-tuned');
    expect(draft.provenance).toMatch(/last 2 blocks \(block2 to conv_last\) of small .* Drawn at random\./);
    expect(draft).not.toHaveProperty('weights');
    expect(draft).not.toHaveProperty('golden');
  });

  it('never looks at groups that are left out', async () => {
    const leftOut = new Set(['0-1', '1-1', '2-1']);
    const without = views.filter(({ sample }) => !leftOut.has(sample.group));
    const spoilt = views.map(view =>
      leftOut.has(view.sample.group) ? { ...view, pixels: view.pixels.slice().fill(255) } : view,
    );
    const options = async () =>
      tuningOptions(await temporaryFolder(), { leftOut, epochs: 1, held: new Set() });
    const one = await fineTune(tf, bundle, picturesOf(without), await options());
    const other = await fineTune(tf, bundle, picturesOf(spoilt), await options());
    expect(bitsOf(one)).toBe(bitsOf(other));
  });

  it('keeps the epoch with the least loss on what is held out', async () => {
    const { history, bestEpoch } = await tuned({ epochs: 4, learningRate: 0.05 });
    const losses = history.map(({ validation }) => validation?.loss as number);
    expect(bestEpoch).toBe(losses.indexOf(Math.min(...losses)));
  });

  it('keeps the last epoch where nothing is held out', async () => {
    const { history, bestEpoch, samples } = await tuned({ held: new Set(), epochs: 2 });
    expect(history.map(({ validation }) => validation)).toEqual([null, null, null]);
    expect(bestEpoch).toBe(2);
    expect(samples.fitted).toBe(72);
  });

  it('learns from a teacher', async () => {
    const teacher = { bundle: smallBundle(2), soft: 1, temperature: 2, distance: 1 };
    const { history } = await tuned({ teacher, epochs: 4 });
    expect(history[4]?.loss).toBeLessThan((history[1]?.loss as number) * 0.9);
  });

  it('leaves no tensor behind', async () => {
    await tuned({ epochs: 1 });
    const before = tf.memory().numTensors;
    await tuned({ epochs: 1, teacher: { bundle: smallBundle(2), soft: 0.5, temperature: 2, distance: 1 } });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tells its phases in order, and the time left', async () => {
    const phases: TuningPhase[] = [];
    let last: unknown[] = [];
    const onProgress = (phase: TuningPhase, ...counts: unknown[]) => {
      if (phases.at(-1) !== phase) phases.push(phase);
      last = counts;
    };
    await tuned({ epochs: 2 }, { onProgress });
    expect(phases).toEqual(['reading', 'head', 'tuning']);
    expect(last).toEqual([16, 16, 0]);
  });

  it('refuses to begin where no picture is left', async () => {
    const held = new Set(views.map(({ sample }) => sample.group));
    await expect(tuned({ held })).rejects.toMatchObject({ code: 'training-impossible' });
  });

  it('ends with an error, not with a network of NaN, where it diverges', async () => {
    await expect(tuned({ learningRate: 1e30, clip: 1e30 })).rejects.toMatchObject({
      code: 'training-diverged',
    });
  });
});

describe('a run that was interrupted', () => {
  it('is taken up again after SIGKILL, and ends with the very same network', async () => {
    const cacheDir = await temporaryFolder();
    const child = spawn(process.execPath, [program('tune-child'), cacheDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      if (line === 'step 13') child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    expect((await readdir(cacheDir)).some(name => name.endsWith('.checkpoint'))).toBe(true);

    const taken: number[] = [];
    const resumed = await fineTune(tf, bundle, picturesOf(views), tuningOptions(cacheDir), {
      onResume: step => taken.push(step),
    });
    expect(taken[0]).toBeGreaterThanOrEqual(12);
    const whole = await tuned();
    expect(bitsOf(resumed)).toBe(bitsOf(whole));
    expect(resumed.history).toEqual(whole.history);
  });

  it('begins anew where anything else is asked for', async () => {
    const cacheDir = await temporaryFolder();
    const stop = new AbortController();
    const onProgress = (phase: TuningPhase, done: number) => {
      if (phase === 'tuning' && done === 5) stop.abort(new Error('stopped'));
    };
    const run = (change: Partial<TuningOptions>, hooks: Parameters<typeof fineTune>[4]) =>
      fineTune(tf, bundle, picturesOf(views), tuningOptions(cacheDir, change), hooks);
    await expect(run({}, { onProgress, signal: stop.signal })).rejects.toThrow('stopped');
    const taken: number[] = [];
    const onResume = (step: number) => taken.push(step);
    await run({ learningRate: 1e-3, epochs: 1 }, { onResume });
    expect(taken).toEqual([]);
    await run({}, { onResume });
    expect(taken).toEqual([5]);
  });
});
