/** Tunes the small network in a process of its own, a checkpoint after every step, so that a test can kill it. */
import { fineTune } from '../../../src/training/tuning/fine-tune.ts';
import { drawnViews, picturesOf, smallBundle, tuningOptions, tuningTensorflow } from './support.ts';

const options = tuningOptions(process.argv[2] as string, { checkpointMinutes: 0 });
await fineTune(await tuningTensorflow(), smallBundle(), picturesOf(drawnViews(24)), options, {
  onProgress: (phase, done) => {
    if (phase === 'tuning') console.log(`step ${done}`);
  },
});
