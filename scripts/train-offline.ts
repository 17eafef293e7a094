/** Trains a head on a workstation: `npx tsx scripts/train-offline.ts --help`. The same as `surfwatch train`. */

import { exitOnError } from '../src/cli/exit.ts';
import { trainCommand } from '../src/cli/train.ts';

await exitOnError(() => trainCommand().name('train-offline').parseAsync());
