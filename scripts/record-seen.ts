/** Writes into a backbone's folder on which pictures it was trained (`seen.json`), so that no report flatters on them. */
import { join } from 'node:path';
import { Command } from 'commander';
import { replaceFile } from '../src/base/durable.ts';
import { seenFiles, seenMore, UNRECORDED } from '../src/training/backbone-sight.ts';
import { datasetKind, listFrames, listPhotos } from '../src/training/data/dataset.ts';

const program = new Command('record-seen')
  .description('Records all that a backbone was trained on, by the SHA-256 of each picture.')
  .argument('<backbone>', 'its folder')
  .argument('<folders...>', 'frames with boxes, and photos by class')
  .option('--leave-out <cameras>', 'cameras and groups it was trained without', list => list.split(','), [])
  .action(record);
await program.parseAsync();

async function record(
  backbone: string,
  folders: readonly string[],
  options: { leaveOut: readonly string[] },
) {
  const paths: string[] = [];
  for (const folder of folders) {
    const frames = (await datasetKind(folder)).kind === 'frames';
    const pictures = frames
      ? (await listFrames(folder)).map(({ path, camera }) => ({ path, group: camera }))
      : await listPhotos(folder);
    paths.push(...pictures.filter(({ group }) => !options.leaveOut.includes(group)).map(({ path }) => path));
  }
  const { pictures } = await seenMore(UNRECORDED, paths);
  for (const [name, content] of Object.entries(seenFiles({ pictures, complete: true })))
    await replaceFile(join(backbone, name), content);
  console.log(`${pictures.size} pictures of ${paths.length} files`);
}
