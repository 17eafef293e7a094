/** Heads, manifests, state files and backups that were tampered with: each is read, set aside, or refused with a code. */

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scoreEmbeddings } from '../../src/activity/head.ts';
import { loadHead } from '../../src/activity/head-bundle.ts';
import { createRandom, type Random } from '../../src/base/random.ts';
import { readStateFile } from '../../src/base/state-file.ts';
import { readStoredOptions, writeStoredOptions } from '../../src/control/stored-options.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { restoreState } from '../../src/host/backup/restore.ts';
import { openState } from '../../src/host/state/open.ts';
import { openArchive } from '../../src/learning/archive/archive.ts';
import { ARCHIVE_LIKENESS } from '../../src/learning/archive/options.ts';
import { loadBase, writeBase } from '../../src/learning/base/base-files.ts';
import { saveHead, selectHead } from '../../src/learning/fit/save-head.ts';
import { readProbation, saveProbation } from '../../src/learning/models/probation-file.ts';
import { resolveHead } from '../../src/learning/models/resolve.ts';
import { DiskEvents } from '../../src/messaging/event-queue.ts';
import { Pause } from '../../src/pipeline/pause.ts';
import { viewFile } from '../../src/pipeline/view-store.ts';
import { describeGolden, goldenPixels } from '../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { restoreDirt, restoreView } from '../../src/vision/quality/store-view.ts';
import { readCookieKey } from '../../src/web/pages.ts';
import { backUp, contentOf, fillState } from '../host/backup/support.ts';
import { frame } from '../learning/labels/support.ts';
import { newPlace, promoteAll, SHIPPED_ID } from '../learning/models/support.ts';
import {
  ACTIVITIES,
  BACKBONE,
  balancedSamples,
  randomHead,
  separableSet,
  WIDTH,
} from '../learning/support.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { FUZZ_SEED, heldMB, mutated, mutatedJson, orHangs } from '../support/fuzz.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { referenceEmbedding, sha256, tinyBundle, writeBundle } from '../vision/support.ts';

const FILES = Number(process.env.SURFWATCH_FUZZ_FILES ?? 4_000);
const MOST_GROWN_MB = 24;
const clock = fakeClock();

/** A folder of which one file is tampered with, and what reads it. */
interface Subject {
  /** As it was written; each time a copy of it is harmed. */
  readonly folder: string;
  readonly file: string;
  /** Whatever else somebody would change who wants the file to be believed. @returns what to write */
  readonly forge?: (bytes: Buffer, copy: string) => Buffer | Promise<Buffer>;
  readonly read: (copy: string) => Promise<unknown>;
}

it(
  `each of ${FILES} files is read or refused with a code (SURFWATCH_FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const random = createRandom(FUZZ_SEED);
    const subjects = await allSubjects();
    const names = Object.keys(subjects);
    const outcomes: Record<string, Record<string, number>> = {};
    const tookMs: Record<string, number> = {};
    const root = await temporaryFolder();
    let held = 0;
    for (let done = 0; done < FILES; done++) {
      if (held === 0 && done >= FILES / 2) held = await heldMB();
      const name = names[done % names.length] ?? '';
      const { folder, file, forge, read } = subjects[name] as Subject;
      const copy = join(root, 'copy');
      cpSync(folder, copy, { recursive: true });
      const bytes = tampered(join(copy, file), random);
      const isForged = forge !== undefined && random.next() < 0.7;
      writeFileSync(join(copy, file), isForged ? await forge(bytes, copy) : bytes);
      const startMs = performance.now();
      const outcome = await orHangs(read(copy), `${name}, file ${done}`).then(
        () => 'read',
        error => {
          if (error instanceof SurfwatchError) return error.code;
          throw new Error(`${name}, file ${done}, seed ${FUZZ_SEED}`, { cause: error });
        },
      );
      tookMs[name] = (tookMs[name] ?? 0) + performance.now() - startMs;
      const counts = outcomes[name] ?? {};
      outcomes[name] = { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 };
      rmSync(copy, { recursive: true });
    }
    const grownMB = (await heldMB()) - held;
    console.log({ seed: FUZZ_SEED, files: FILES, grownMB, outcomes, tookMs });
    expect(grownMB).toBeLessThan(MOST_GROWN_MB);
  },
  FILES * 1_000,
);

/** Where it is JSON, half of the time as JSON still. */
function tampered(path: string, random: Random): Buffer {
  const original = readFileSync(path);
  if (!path.endsWith('.json') || random.next() < 0.5) return mutated(original, random);
  return Buffer.from(JSON.stringify(mutatedJson(JSON.parse(original.toString()), random)) ?? '');
}

async function allSubjects(): Promise<Readonly<Record<string, Subject>>> {
  return {
    ...(await headSubjects()),
    ...(await backboneSubjects()),
    ...(await boardHeadSubjects()),
    ...(await stateSubjects()),
    ...(await databaseSubjects()),
    ...(await backupSubjects()),
  };
}

async function headSubjects(): Promise<Record<string, Subject>> {
  const folder = await temporaryFolder();
  const set = separableSet(balancedSamples(3));
  const base = { activities: ACTIVITIES, backbone: BACKBONE.sha256, set, held: new Set(['0-0']) };
  await saveHead(folder, randomHead(1), writeBase(base));
  await selectHead(folder, 'head-1');
  const embeddings = new Float32Array(3 * WIDTH).fill(0.5);
  const read = async (copy: string) => {
    const head = await loadHead(copy, 'current', BACKBONE);
    if (head.manifest.width !== WIDTH) return;
    for (const score of scoreEmbeddings(head, embeddings, 3)) expect(score).not.toBeNaN();
  };
  const readBase = (copy: string) => loadBase(join(copy, 'head-1'));
  return {
    'the name of the current head': { folder, file: 'current', read },
    'the manifest of a head': { folder, file: 'head-1/head.json', read },
    'the weights of a head': {
      folder,
      file: 'head-1/weights.f32.bin',
      forge: (bytes, copy) => withSum(bytes, join(copy, 'head-1/head.json')),
      read,
    },
    'the header of a base set': { folder, file: 'head-1/base.json', read: readBase },
    'the numbers of a base set': { folder, file: 'head-1/base.f16.bin', read: readBase },
  };
}

async function backboneSubjects(): Promise<Record<string, Subject>> {
  const tiny = tinyBundle(8, 1);
  const golden = describeGolden(Float32Array.from(referenceEmbedding(tiny, goldenPixels(8))));
  const folder = await writeBundle(tiny, manifest => ({ ...manifest, golden }));
  const read = async (copy: string) => {
    const bundle = await loadBackboneBundle(copy);
    const { backbone } = await createBackbone(bundle, { engine: 'onnx', threads: 1 });
    await backbone.close();
  };
  return {
    'the manifest of a backbone': { folder, file: 'manifest.json', read },
    'the weights of a backbone': {
      folder,
      file: 'weights.f32.bin',
      forge: (bytes, copy) => withSum(bytes, join(copy, 'manifest.json')),
      read,
    },
  };
}

/** The manifest gets the sum of these weights. */
function withSum(bytes: Buffer, manifest: string): Buffer {
  const said = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...said, weights: { ...said.weights, sha256: sha256(bytes) } }));
  return bytes;
}

/** Of the heads that a board trained, another takes the place of one that cannot be read. */
async function boardHeadSubjects(): Promise<Record<string, Subject>> {
  const place = await newPlace();
  const ids = await promoteAll(place, [2, 3]);
  const { board, shipped } = place.folders;
  const read = async (copy: string) => {
    const { head } = await resolveHead({ board: copy, shipped }, 'current', BACKBONE);
    expect([...ids, SHIPPED_ID]).toContain(head.manifest.id);
  };
  return Object.fromEntries(
    ['current', 'history.jsonl', `${ids[1]}/head.json`, `${ids[1]}/weights.f32.bin`].map(file => [
      `of a board's heads ${file.replace(/.*[/]/, '')}`,
      { folder: board, file, read },
    ]),
  );
}

/** None of these may keep a daemon from starting. */
async function stateSubjects(): Promise<Record<string, Subject>> {
  const folder = await temporaryFolder();
  await (await openState({ stateDir: folder, appVersion: '1.0.0', clock, log: silent })).close();
  await writeStoredOptions(folder, { 'camera.interval': '3s', 'activity.dwell': '1m' });
  const pauseIn = (stateDir: string) =>
    new Pause({
      stateDir,
      onAlert: () => undefined,
      clock,
      log: silent,
    });
  await pauseIn(folder).pause({ forMs: 3_600_000, reason: 'a swimming race' });
  const sums = {
    frames: 3,
    judgedMs: 9,
    flips: 0,
    contradictions: 0,
    uncertain: 1,
    confidence: 2,
    last: null,
  };
  const trial = { sinceMs: 0, behaviour: sums };
  const probation = join(folder, 'probation.json');
  await saveProbation(probation, 'head-1', { baseline: sums, trial, verdict: 'watching' }, 10);
  const view = { v: 1, frames: 40, learntMs: 1_000, clarity: 3, edges: 'AAAA'.repeat(20) };
  await readCookieKey(folder, clock.now(), silent);
  writeFileSync(join(folder, 'view.json'), JSON.stringify({ version: 1, ...view }));
  return {
    'version.json': {
      folder,
      file: 'version.json',
      read: async copy => {
        const state = await openState({ stateDir: copy, appVersion: '1.0.0', clock, log: silent });
        state.close();
      },
    },
    'options.json': { folder, file: 'options.json', read: copy => readStoredOptions(copy, clock.now()) },
    'web.json': { folder, file: 'web.json', read: copy => readCookieKey(copy, clock.now(), silent) },
    'pause.json': {
      folder,
      file: 'pause.json',
      read: async copy => {
        const pause = pauseIn(copy);
        await pause.start();
        pause.stop();
      },
    },
    'probation.json': {
      folder,
      file: 'probation.json',
      read: copy => readProbation(join(copy, 'probation.json'), 20, silent),
    },
    'view.json': {
      folder,
      file: 'view.json',
      read: async copy => {
        const { value } = await readStateFile(viewFile(copy), clock.now());
        restoreView(value, 0);
        restoreDirt(value, 0);
      },
    },
  };
}

async function databaseSubjects(): Promise<Record<string, Subject>> {
  const folder = await temporaryFolder();
  const archiveIn = (directory: string) =>
    openArchive({
      directory,
      options: { ...DEFAULTS.learning, ...ARCHIVE_LIKENESS, minFreeBytes: 0 },
      clock,
    });
  const archive = await archiveIn(folder);
  for (let seed = 1; seed <= 20; seed++) {
    const kept = { ...frame(undefined, seed), because: 'label' } as const;
    await archive.add(kept);
    const label = { labels: ['surfing'], by: '', way: 'image', at: clock.now() } as const;
    if (seed % 2 === 0) archive.label([{ frame: kept.id, label }]);
  }
  archive.close();
  const eventsIn = (copy: string) =>
    new DiskEvents({ path: join(copy, 'outbox.db'), maxEvents: 50, clock, log: silent });
  const events = eventsIn(folder);
  events.start();
  for (let event = 0; event < 50; event++) events.append(`event ${event} ${'x'.repeat(200)}`, false);
  events.stop();
  return {
    'learning.db': {
      folder,
      file: 'learning.db',
      read: async copy => {
        endedBadly(join(copy, 'learning.db'));
        const opened = await archiveIn(copy);
        try {
          opened.frames();
          opened.labelled();
          opened.counts();
          await opened.add(frame());
          await opened.tidy();
        } finally {
          opened.close();
        }
      },
    },
    'outbox.db': {
      folder,
      file: 'outbox.db',
      read: async copy => {
        endedBadly(join(copy, 'outbox.db'));
        const opened = eventsIn(copy);
        opened.start();
        for (let event = 0; event < 10; event++) {
          opened.append('a new event', false);
          if (opened.first() !== undefined) opened.removeFirst('delivered');
        }
        opened.stop();
      },
    },
  };
}

/** As the process leaves it that met damage libsql cannot bear; the next one looks for it. */
function endedBadly(path: string): void {
  writeFileSync(`${path}-wal`, '');
}

/** Either all of a backup is taken, or nothing. */
async function backupSubjects(): Promise<Record<string, Subject>> {
  const folder = await temporaryFolder();
  fillState(join(folder, 'saved'), 'saved');
  await backUp(join(folder, 'saved'), join(folder, 'backup.tar'));
  fillState(join(folder, 'state'), 'before');
  const before = contentOf(join(folder, 'state'));
  const saved = contentOf(join(folder, 'saved'));
  const read = async (copy: string) => {
    const stateDir = join(copy, 'state');
    const names = readdirSync(copy).sort();
    try {
      await restoreState({
        from: join(copy, 'backup.tar'),
        stateDir,
        accept: () => undefined,
        databases: {},
        appVersion: '1.0.0',
        now: () => clock.now(),
      });
    } catch (error) {
      expect(contentOf(stateDir)).toEqual(before);
      throw error;
    } finally {
      expect(readdirSync(copy).sort()).toEqual(names);
    }
    expect(Object.keys(contentOf(stateDir)).sort()).toEqual(Object.keys(saved).sort());
  };
  return { 'a backup': { folder, file: 'backup.tar', read } };
}
