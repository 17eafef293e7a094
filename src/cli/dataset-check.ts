/** `surfwatch dataset check`: what there is to learn from, and what is wrong with it. */
import { Command } from 'commander';
import { writeContactSheet } from '../learning/sheet/contact-sheet.ts';
import { type CheckResult, checkSources } from '../training/data/check.ts';
import { checkSheet } from '../training/data/check-sheet.ts';
import { checkJson, printCheck } from './dataset-check-report.ts';
import { EXIT } from './exit.ts';
import { wholeNumber } from './parse.ts';
import { type Progress, startProgress } from './progress.ts';

interface CheckFlags {
  readonly sheet?: string;
  readonly samples: number;
  readonly seed: number;
  readonly all: boolean;
  readonly json: boolean;
}

export function datasetCheckCommand(): Command {
  return new Command('check')
    .description('check pictures to learn from, as training will: files, duplicates, labels, boxes, balance')
    .argument(
      '<directories...>',
      'photos as DIR/<class>/*.jpg, or frames with boxes.json, YOLO or COCO labels',
    )
    .option('--sheet <file>', 'write random samples of each class, and the findings, as .html or .png')
    .option('--samples <count>', 'samples of each class on the sheet', wholeNumber(1), 12)
    .option('--seed <number>', 'which samples', wholeNumber(0), 37)
    .option('--all', 'list every finding, not only the first few of each kind', false)
    .option('--json', 'answer with one JSON object', false)
    .addHelpText('after', HELP)
    .action(check);
}

const HELP = `
All directories are checked together, so that a photo that is in two of them is found. Training makes the same checks and
leaves the same files out; nothing is changed or deleted.

  left out    unreadable, too large or tiny files; frames whose boxes cannot be used; folders that are no class;
              copies of a photo under the same label and from the same source, except the first; all copies of a
              photo that is in two classes
  warned of   nearly the same photos of different sources (they stay on one side of the split), names of boxes that
              may be misspelt, few pictures or groups of a class, a class with 10 times the pictures of another

Exit status: 0 no file is left out (warnings are possible), 1 files are left out or a directory cannot be used.

Examples:
  $ surfwatch dataset check photos/
  $ surfwatch dataset check photos/ my-cam/ --sheet look.html
  $ surfwatch dataset check photos/ --json | jq -r '.leftOut[]'
`;

async function check(directories: readonly string[], flags: CheckFlags): Promise<void> {
  const result = await withProgress(directories);
  if (flags.sheet !== undefined) await writeContactSheet(flags.sheet, checkSheet(result, flags));
  if (flags.json) console.log(JSON.stringify(checkJson(result)));
  else printCheck(result, flags.all);
  if (result.leftOut.size > 0) process.exitCode = EXIT.failure;
}

async function withProgress(directories: readonly string[]): Promise<CheckResult> {
  let progress: Progress | undefined;
  try {
    return await checkSources(directories, {
      onFile: (_, total) => {
        progress ??= startProgress('checking', total);
        progress.step();
      },
    });
  } finally {
    progress?.stop();
  }
}
