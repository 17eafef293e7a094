/** `surfwatch dataset collect`: fills class folders with openly licensed pictures. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../base/clock.ts';
import { packageVersion } from '../base/version.ts';
import { SurfwatchError } from '../errors.ts';
import { isLoopback } from '../training/collection/addresses.ts';
import { API_NAMES, type ApiName, type ImageSearch } from '../training/collection/candidate.ts';
import { type Collected, collect } from '../training/collection/collect.ts';
import { userAgentOf } from '../training/collection/contact.ts';
import { isLicenceId, LICENCE_IDS, type LicenceId } from '../training/collection/licences.ts';
import { OPENVERSE, OPENVERSE_INTERVAL_MS, openverseSearch } from '../training/collection/openverse.ts';
import { PoliteClient } from '../training/collection/polite-client.ts';
import { wantedClasses } from '../training/collection/queries.ts';
import { WIKIMEDIA, wikimediaSearch } from '../training/collection/wikimedia.ts';
import { untilInterrupted } from './interrupt.ts';
import { wholeNumber } from './parse.ts';
import { type Progress, startProgress } from './progress.ts';
import { printTable } from './table.ts';

interface CollectFlags {
  readonly out: string;
  readonly perClass: number;
  readonly perAuthor: number;
  readonly from: readonly ApiName[];
  readonly license: readonly LicenceId[];
  readonly contact?: string;
  readonly maxSide: number;
  readonly interval: number;
  readonly openverseUrl: string;
  readonly wikimediaUrl: string;
  readonly json: boolean;
}

/** Those that allow commercial use and changed copies. */
const FREE_LICENCES: readonly LicenceId[] = ['cc0', 'pdm', 'by', 'by-sa'];

const TIMEOUT_MS = 60_000;
const MAX_WAIT_MS = 120_000;

export function datasetCollectCommand(): Command {
  return new Command('collect')
    .description('fill class folders with openly licensed pictures from image searches')
    .argument('<class...>', 'CLASS, or CLASS="what to search for" (several of a class add up)')
    .requiredOption('--out <directory>', 'folder for the class folders')
    .option('--contact <address>', 'how the services can reach you: an e-mail or web address')
    .addOption(
      new Option('--from <services>', `comma-separated: ${API_NAMES.join(', ')}`)
        .argParser(listOf(isApiName))
        .default([...API_NAMES], API_NAMES.join()),
    )
    .addOption(
      new Option('--license <ids>', `comma-separated: ${LICENCE_IDS.join(', ')}`)
        .argParser(listOf(isLicenceId))
        .default(FREE_LICENCES, FREE_LICENCES.join()),
    )
    .option('--per-class <n>', 'pictures wanted in each class', wholeNumber(1), 100)
    .option('--per-author <n>', 'maximum number of pictures by one author in a class', wholeNumber(1), 10)
    .option('--max-side <pixels>', 'fetch a scaled copy of larger pictures', wholeNumber(250), 1280)
    .option('--interval <seconds>', 'between two requests to a host', wholeNumber(1), 1)
    .option('--json', 'answer with one JSON object', false)
    .addOption(new Option('--openverse-url <url>').default(OPENVERSE).hideHelp())
    .addOption(new Option('--wikimedia-url <url>').default(WIKIMEDIA).hideHelp())
    .addHelpText('after', HELP)
    .action(datasetCollect);
}

const HELP = `
Searches Openverse and Wikimedia Commons, and keeps licence, author and address of each picture in a .json file beside
it, in ATTRIBUTION.md and in manifest.csv, which also puts the pictures of one author into one group. Surfing,
windsurfing, kitesurfing and none need no search words. Wikimedia requires --contact.

It makes one request at a time, with a pause for each host: 100 pictures take some minutes. Stop it when you like (Ctrl-C):
the same command continues where it stopped. A picture you delete is not fetched again. A search finds much that does not
belong to its class: before you train, look through the folders, and move or delete wrong pictures. docs/collecting.md has
advice on licences and on people in pictures.

Examples:
  $ surfwatch dataset collect surfing windsurfing kitesurfing none --out photos/ --contact me@example.org
  $ surfwatch dataset collect surfing="surfing wave" none="empty beach" none="people swimming" --out photos/ \\
      --from openverse --license cc0,by --per-class 50
`;

async function datasetCollect(classes: readonly string[], flags: CollectFlags): Promise<void> {
  const wanted = wantedClasses(classes);
  const userAgent = userAgentOf(packageVersion(), flags.contact, flags.from);
  const allowLoopback = [flags.openverseUrl, flags.wikimediaUrl].some(isLoopbackAddress);
  const client = new PoliteClient({
    userAgent,
    allowLoopback,
    intervalOf: host => intervalOf(host, flags.interval * 1000),
    timeoutMs: TIMEOUT_MS,
    maxWaitMs: MAX_WAIT_MS,
    clock: systemClock,
    onWait: message => console.error(message),
  });
  const { signal, release } = untilInterrupted('stopping; the same command goes on from here');
  let progress: Progress | undefined;
  try {
    const collected = await collect(
      { ...flags, wanted, licences: flags.license, searches: flags.from.map(name => searchOf(name, flags)) },
      {
        client,
        clock: systemClock,
        signal,
        onStart: missing => {
          progress = startProgress('collecting', missing);
        },
        onKept: () => progress?.step(),
      },
    );
    progress?.stop();
    report(collected, flags);
  } finally {
    progress?.stop();
    release();
    await client.close();
  }
}

function report(collected: Collected, { out, json }: CollectFlags): void {
  if (json) console.log(JSON.stringify({ out, ...collected }));
  else print(collected, out);
  if (collected.interrupted) {
    // As shells have it for a program that Ctrl-C ended.
    process.exitCode = 130;
    return;
  }
  const [problem] = collected.problems;
  const added = collected.classes.reduce((sum, one) => sum + one.added, 0);
  if (problem !== undefined && added === 0) throw new SurfwatchError('collection-failed', problem);
}

function print({ classes, skipped, problems }: Collected, out: string): void {
  printTable(
    ['class', 'pictures', 'new', 'wanted'],
    classes.map(({ name, pictures, added, wanted }) => [name, `${pictures}`, `${added}`, `${wanted}`]),
  );
  const reasons = Object.entries(skipped).map(([reason, count]) => `${reason} ${count}`);
  if (reasons.length > 0) console.log(`\nnot kept: ${reasons.join(', ')}`);
  for (const problem of problems) console.log(`problem: ${problem}`);
  if (classes.every(({ added }) => added === 0)) return;
  console.log(`\nLook through ${out} before you train: what does not belong, move or delete.`);
}

function searchOf(
  name: ApiName,
  { openverseUrl, wikimediaUrl, license, from, maxSide }: CollectFlags,
): ImageSearch {
  // Openverse searches Wikimedia Commons too.
  const excluded = from.filter(other => other === 'wikimedia');
  return name === 'openverse'
    ? openverseSearch(openverseUrl, license, excluded)
    : wikimediaSearch(wikimediaUrl, maxSide);
}

function intervalOf(host: string, wantedMs: number): number {
  const url = new URL(`https://${host}`);
  if (isLoopback(url)) return 0;
  return url.host === new URL(OPENVERSE).host ? Math.max(wantedMs, OPENVERSE_INTERVAL_MS) : wantedMs;
}

function isLoopbackAddress(text: string): boolean {
  return URL.canParse(text) && isLoopback(new URL(text));
}

function isApiName(text: string): text is ApiName {
  return (API_NAMES as readonly string[]).includes(text);
}

function listOf<T extends string>(isMember: (text: string) => text is T) {
  return (text: string): T[] => {
    const names = [...new Set(text.split(',').map(name => name.trim()))];
    const wrong = names.find(name => !isMember(name));
    if (wrong !== undefined) throw new InvalidArgumentError(`${wrong || 'Nothing'} is none of them.`);
    return names.filter(isMember);
  };
}
