/** A record as a training gives it: drawn predictions, figures by the real functions. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { activitiesAbove } from '../../../src/activity/scores.ts';
import { createRandom, type Random } from '../../../src/base/random.ts';
import { evaluate, type GroupedPrediction } from '../../../src/learning/fit/evaluation.ts';
import { fitLearningCurve } from '../../../src/learning/fit/learning-curve-fit.ts';
import { isRight } from '../../../src/learning/fit/metrics.ts';
import type { Mistake, TrainingRecord } from '../../../src/training/record.ts';

export const ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'];
const THRESHOLDS = { surfing: 0.462, windsurfing: 0.513, kitesurfing: 0.388 };

type Judged = GroupedPrediction & { readonly source: string };

function judge(source: string, pictures: number, groups: number, random: Random): Judged[] {
  return Array.from({ length: pictures }, () => {
    const activity = ACTIVITIES[random.below(4)];
    const group = random.below(groups);
    const scores = Object.fromEntries(
      ACTIVITIES.map(name => {
        const hard = group % 5 === 0 ? 2.2 : 1.2;
        const logit = (name === activity ? 2.4 : -2.6) + hard * (random.next() + random.next() - 1) * 2.4;
        return [name, 1 / (1 + Math.exp(-logit))];
      }),
    );
    return {
      truth: activity === undefined ? [] : [activity],
      found: activitiesAbove(scores, THRESHOLDS),
      scores,
      group: `${source}-site-${group}`,
      source,
    };
  });
}

function bySource(judged: readonly Judged[]) {
  const names = [...new Set(judged.map(({ source }) => source))];
  const own = names.map(name => {
    const part = judged.filter(({ source }) => source === name);
    return [name, evaluate(part, ACTIVITIES, 37)] as const;
  });
  return { all: evaluate(judged, ACTIVITIES, 37), ...Object.fromEntries(own) };
}

/** Draws a few pictures of sea and sky into a folder. */
export async function drawPictures(folder: string): Promise<string[]> {
  const sizes = [
    [320, 240],
    [240, 320],
    [400, 225],
  ] as const;
  return await Promise.all(
    sizes.map(async ([width, height], index) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
        <rect width="100%" height="45%" fill="#9ecae8"/><rect y="45%" width="100%" height="55%" fill="#2b6f8f"/>
        <path d="M${width * 0.4} ${height * 0.6} l${width * 0.1} -${height * 0.3} l${width * 0.06} ${height * 0.3} z" fill="#e4572e"/>
        <path d="M0 ${height} Q ${width / 2} ${height * 0.75} ${width} ${height}" fill="#f2dfb1"/></svg>`;
      const path = join(folder, `IMG_${2041 + index}.jpg`);
      await writeFile(path, await sharp(Buffer.from(svg)).jpeg().toBuffer());
      return path;
    }),
  );
}

const random = createRandom(3);
const photos = judge('watersports', 760, 90, random);
const frames = judge('my-cam', 240, 10, random);
const held = [...photos.slice(0, 160), ...frames.slice(0, 50)];
const heldFigures = bySource(held);
const pooled = bySource([...photos, ...frames]);
const folds = [0, 1, 2, 3, 4].map(fold => {
  const own = [...photos, ...frames].filter((_, index) => index % 5 === fold);
  const { pictures, accuracy, balancedAccuracy, activityAccuracy } = evaluate(own, ACTIVITIES, 37);
  return { pictures, accuracy, balancedAccuracy, activityAccuracy };
});
const points = [60, 130, 270, 533].map((pictures, index) => ({
  photos: pictures,
  accuracy: 0.955 - 1.6 * pictures ** -0.6 + random.between(-0.006, 0.006),
  spread: [0.021, 0.014, 0.008, 0][index] as number,
}));
const curve = { points, next: fitLearningCurve(points, 50) };
const epochs = Array.from({ length: 24 }, (_, index) => ({
  epoch: index + 1,
  loss: 0.62 * Math.exp(-index / 5) + 0.03 + 0.01 * random.next(),
  accuracy: 0.985 - 0.5 * Math.exp(-index / 3.2),
  heldLoss: 0.55 * Math.exp(-index / 4) + 0.17 + 0.0035 * index + 0.02 * random.next(),
  heldAccuracy: 0.9 - 0.42 * Math.exp(-index / 3) + 0.012 * random.next(),
}));

/** @param files pictures to show as mistakes */
export function sampleRecord(
  files: readonly string[],
  changes: Partial<TrainingRecord> = {},
): TrainingRecord {
  const wrong = [...photos, ...frames].filter(each => !isRight(each));
  const mistakes = wrong.slice(0, 14).map(
    ({ source, group, truth, found, scores }, index): Mistake => ({
      file: files[index % files.length] ?? `/data/${index}.jpg`,
      source,
      group,
      truth,
      found,
      scores,
    }),
  );
  return {
    format: 2,
    head: {
      id: '2026-11-23T15-21Z-8f0c',
      activities: ACTIVITIES,
      thresholds: THRESHOLDS,
      backbone: { id: 'surfwatch-mobilenetv2-v3', sha256: '4be1'.repeat(16) },
    },
    made: {
      at: '2026-11-23T15:21:08.000Z',
      command: 'surfwatch train photos/ my-cam/ --folds 5 --learning-curve --report --seed 37',
      seed: 37,
      recipe: 'default',
      versions: { surfwatch: '0.1.0', node: '20.20.2', embedding: 'onnx', fitting: 'tfjs wasm' },
      machine: 'Intel Xeon, 2 cores',
      seconds: { checks: 4.21, embedding: 63.4, folds: 48.2, fitting: 11.7, curve: 39.3 },
    },
    data: {
      sha256: '9c2e'.repeat(16),
      sources: [
        {
          name: 'watersports',
          files: 760,
          groups: 90,
          classes: { surfing: 188, windsurfing: 201, kitesurfing: 190, none: 181 },
        },
        {
          name: 'my-cam',
          files: 80,
          groups: 10,
          classes: { surfing: 62, windsurfing: 58, kitesurfing: 57, none: 63 },
        },
      ],
      findings: [
        {
          kind: 'unreadable',
          files: ['/data/photos/surfing/IMG_0007.jpg'],
          message: 'the JPEG ends after 18 of 42 kB',
          leftOut: ['/data/photos/surfing/IMG_0007.jpg'],
        },
        ...Array.from({ length: 12 }, (_, index) => ({
          kind: 'duplicate' as const,
          files: [`/data/photos/none/${index}.jpg`, `/data/photos/none/${index}-copy.jpg`],
          message: 'the two are the same picture',
          leftOut: [`/data/photos/none/${index}-copy.jpg`],
        })),
        {
          kind: 'contradiction',
          files: ['/data/photos/surfing/a.jpg', '/data/photos/windsurfing/b.jpg'],
          message: 'the same picture is labelled surfing and windsurfing',
          leftOut: ['/data/photos/surfing/a.jpg', '/data/photos/windsurfing/b.jpg'],
        },
      ],
    },
    samples: {
      fitted: 3160,
      held: held.length,
      heldGroups: [...new Set(held.map(({ group }) => group))].sort(),
    },
    sight: { judged: 3, seen: [], recorded: false },
    epochs,
    bestEpoch: 14,
    held: heldFigures,
    folds: { count: 5, pooled, each: folds },
    curve,
    mistakes,
    suspects: mistakes.slice(3, 8),
    ...changes,
  };
}
