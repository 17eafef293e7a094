/** Pictures to learn dirt from: clean ones, the same in another light, the same soiled. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/base/random.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { groupOfFrame, groupsOf, isHeldOut } from '../gates/groups.ts';
import { drawnDay } from '../gates/scenes.ts';
import { blur, evenFog } from '../spoil/haze.ts';
import {
  bird,
  halfCovered,
  looseThreads,
  orbWeb,
  refractingDrops,
  salt,
  smear,
  softDrops,
} from '../spoil/lens.ts';
import { exposure, sunInLens } from '../spoil/light.ts';
import type { Random, Spoiling } from '../spoil/pixels.ts';
import { rawOf, spoil } from '../spoil.ts';
import type { LearningPicture } from './areas.ts';

/** Seeds of the drawn beaches; those of `measure-gates.ts` are others. */
const SEEDS = [1, 2, 3, 4, 5, 6];
/** What no dirt is, though it makes a picture worse. */
const HARMLESS = [exposure(1.3), exposure(-2), sunInLens(0.3), evenFog(0.5), blur(0.003)];
/** Each in any strength from hardly seen to gross. */
const DIRT: readonly ((random: Random) => Spoiling)[] = [
  random => refractingDrops(0.04 + 0.2 * random()),
  random => softDrops(0.05 + 0.2 * random()),
  random => salt(0.08 + 0.3 * random()),
  random => smear(0.1 + 0.2 * random()),
  random => orbWeb(0.35 + 0.45 * random()),
  random => looseThreads(0.35 + 0.45 * random()),
  random => halfCovered(0.1 + 0.25 * random()),
  random => bird(0.08 + 0.1 * random()),
];

/** @param every only each nth clean picture */
export async function* learningPictures(data: string, every = 1): AsyncGenerator<LearningPicture> {
  let index = 0;
  for await (const { picture, times } of cleanPictures(data)) {
    if (index % every !== 0) {
      index++;
      continue;
    }
    const generator = createRandom(++index);
    const random = () => generator.next();
    yield { picture };
    yield { picture: await spoil(picture, HARMLESS[index % HARMLESS.length] as Spoiling, random) };
    for (let time = 0; time < times; time++) {
      const dirt = DIRT[(index + 3 * time) % DIRT.length] as (typeof DIRT)[number];
      yield { picture: await spoil(picture, dirt(random), random), clean: picture };
    }
  }
}

async function* cleanPictures(data: string): AsyncGenerator<{ picture: RawPicture; times: number }> {
  const photos = [...(await groupsOf(data))].filter(([, group]) => !isHeldOut(group));
  for (const [file] of photos.filter((_, at) => at % 2 === 0))
    yield { picture: await rawOf(await readFile(join(data, 'watersports', file))), times: 2 };
  const folder = join(data, 'windsurf-tele', 'frames');
  for (const file of (await readdir(folder))
    .sort()
    .filter(name => !isHeldOut(groupOfFrame('windsurf-tele', name))))
    yield { picture: await rawOf(await readFile(join(folder, file))), times: 2 };
  for (const seed of SEEDS) {
    for (const day of [0, 1, 2])
      for (const picture of await drawnDay(seed, day, 60)) yield { picture, times: 1 };
  }
}
