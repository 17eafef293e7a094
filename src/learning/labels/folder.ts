/** A folder to lay labelled pictures in: `labelled/<labels>/`, `labelled/surfing+kitesurfing/` say. */
import type { Dirent } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { hasItsEnd } from '../../capture/directory-files.ts';
import { type ErrorCode, SurfwatchError } from '../../errors.ts';
import { parseLabelsLevel } from '../../messaging/label-topic.ts';
import { isMeant, leadsInside, putAway, readFileUpTo, stateOf, writeNote } from './folder-file.ts';
import { labelsFolder } from './names.ts';
import { LABEL_PICTURE_DEFAULTS } from './picture.ts';
import type { LabelService } from './service.ts';
import { readSidecar, SIDECAR } from './sidecar.ts';

export interface LabelFolderOptions {
  readonly scanEveryMs: number;
  /** What becomes of a picture once its label is on disk: `move` to `.done/<labels>/`, or `delete`. */
  readonly after: 'move' | 'delete';
  /** Pause after a fault that is not the picture's own, as a full disk. */
  readonly retryMs: number;
  /** Largest file, in bytes. */
  readonly maxBytes: number;
}

const LABEL_FOLDER_DEFAULTS: LabelFolderOptions = {
  scanEveryMs: 2_000,
  after: 'move',
  retryMs: 60_000,
  maxBytes: LABEL_PICTURE_DEFAULTS.maxBytes,
};

export interface LabelFolderSetup {
  /** Made at the start, with a folder for each activity and `none`, where it is missing. */
  readonly root: string;
  readonly labels: Pick<LabelService, 'labelImage' | 'checkNames'>;
  readonly activities: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly options?: Partial<LabelFolderOptions>;
}

const DONE = '.done';
const REFUSED = '.refused';
/** Says in a folder why its name is none. */
const NOTE = 'REFUSED.txt';
/** A file that has not changed for so many scans is taken though its end is missing. */
const SCANS_WITHOUT_END = 10;
/** Faults of the picture or its labels, which trying again does not mend. */
const OWN_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'label-not-an-image',
  'label-image-too-large',
  'label-malformed',
  'label-activity-unknown',
]);

interface Seen {
  readonly state: string;
  /** Scans in which it was the same. */
  readonly same: number;
}

/**
 * Looks into the folder every two seconds: notices of the system do not come from network drives, and a folder may go
 * and come back. A picture is taken once it is written to its end, labelled, and put away; one that is refused goes to
 * `.refused/<labels>/` with a note beside it. A `NAME.json` beside `NAME.jpg` says where its riders are; it is laid first.
 */
export class LabelFolder {
  readonly #setup: LabelFolderSetup;
  readonly #options: LabelFolderOptions;
  readonly #stopping = new AbortController();
  #seen: ReadonlyMap<string, Seen> = new Map();
  #running: Promise<void> = Promise.resolve();

  constructor(setup: LabelFolderSetup) {
    this.#setup = setup;
    this.#options = { ...LABEL_FOLDER_DEFAULTS, ...setup.options };
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Returns when the picture at hand is done with. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { root, activities, clock, log } = this.#setup;
    try {
      for (const name of [...activities(), 'none']) await mkdir(join(root, name), { recursive: true });
    } catch (error) {
      log.warn({ err: error, root }, 'the folder for labelled pictures cannot be made');
    }
    while (!signal.aborted) {
      let pauseMs = this.#options.scanEveryMs;
      try {
        await this.#scan(signal);
      } catch (error) {
        log.warn({ err: error, root }, 'the folder of labelled pictures failed: trying again');
        pauseMs = this.#options.retryMs;
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** @throws what is no fault of a picture: it is then tried again */
  async #scan(signal: AbortSignal): Promise<void> {
    const before = this.#seen;
    const seen = new Map<string, Seen>();
    this.#seen = seen;
    /** In how many scans it was the same; undefined where it is not there. */
    const sameFor = async (path: string): Promise<number | undefined> => {
      const state = await stateOf(path);
      if (state === undefined) return undefined;
      const last = before.get(path);
      const same = last?.state === state ? last.same + 1 : 0;
      seen.set(path, { state, same });
      return same;
    };
    for (const folder of await this.#folders()) {
      for (const { path, labels } of await this.#pictures(folder)) {
        if (signal.aborted) return;
        const same = await sameFor(path);
        const beside = await sameFor(sidecarOf(path));
        if (same === undefined || same === 0 || beside === 0) continue;
        const complete = same >= SCANS_WITHOUT_END || (await hasItsEnd(path));
        if (complete) await this.#take(path, folder, labels, beside !== undefined);
      }
    }
  }

  /** Names of the folders of labels; none where the root has gone. */
  async #folders(): Promise<string[]> {
    const { root } = this.#setup;
    const entries = await readdir(root, { withFileTypes: true }).catch((): Dirent[] => []);
    const names: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isSymbolicLink() && !(await leadsInside(root, join(root, entry.name)))) {
        const fault = new SurfwatchError('label-not-an-image', `${entry.name} leads out of ${root}`);
        await writeNote(join(root, REFUSED, `${entry.name}.txt`), noteOf(fault));
      } else if (entry.isDirectory() || entry.isSymbolicLink()) names.push(entry.name);
    }
    return names;
  }

  /** What lies in a folder of labels; nothing where its name is none, which a note then says. */
  async #pictures(folder: string): Promise<{ readonly path: string; readonly labels: readonly string[] }[]> {
    const { root, labels: service } = this.#setup;
    const files = await readdir(join(root, folder)).catch((): string[] => []);
    const pictures = files.filter(
      name => name !== NOTE && isMeant(name) && !name.toLowerCase().endsWith(SIDECAR),
    );
    try {
      const labels = service.checkNames(parseLabelsLevel(folder));
      if (files.includes(NOTE)) await rm(join(root, folder, NOTE), { force: true });
      return pictures.map(name => ({ path: join(root, folder, name), labels }));
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      if (pictures.length > 0) await writeNote(join(root, folder, NOTE), noteOf(error));
      return [];
    }
  }

  async #take(path: string, folder: string, labels: readonly string[], isPointed: boolean): Promise<void> {
    const { root, labels: service } = this.#setup;
    try {
      if (!(await leadsInside(root, path))) {
        throw new SurfwatchError('label-not-an-image', `it leads out of ${root}`);
      }
      const bytes = await readFileUpTo(path, this.#options.maxBytes);
      const said = isPointed ? await readSidecar(root, sidecarOf(path), labels) : undefined;
      await service.labelImage(bytes, labels, { way: 'folder' }, said);
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      await this.#refuse(path, folder, error, isPointed);
      return;
    }
    for (const file of isPointed ? [path, sidecarOf(path)] : [path]) {
      if (this.#options.after === 'delete') await rm(file, { force: true });
      else await putAway(file, join(root, DONE, labelsFolder(labels)));
    }
  }

  async #refuse(path: string, folder: string, fault: SurfwatchError, isPointed: boolean): Promise<void> {
    const { root, log } = this.#setup;
    const aside = await putAway(path, join(root, REFUSED, folder));
    if (isPointed) await putAway(sidecarOf(path), join(root, REFUSED, folder));
    await writeNote(`${aside}.txt`, noteOf(fault));
    log.warn({ code: fault.code, file: aside }, `not labelled: ${fault.message}`);
  }
}

function sidecarOf(picture: string): string {
  const { dir, name } = parse(picture);
  return join(dir, name + SIDECAR);
}

function isOwnFault(error: unknown): error is SurfwatchError {
  return error instanceof SurfwatchError && OWN_FAULTS.has(error.code);
}

function noteOf(fault: SurfwatchError): string {
  return `${fault.code}: ${fault.message}\n${fault.remedy}\n`;
}
