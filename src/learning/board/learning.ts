/** Learning on the board: frames in, labels in, better heads out. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Point } from '../../base/geometry.ts';
import { SurfwatchError } from '../../errors.ts';
import { type Reason, reason } from '../../messaging/reasons.ts';
import type { Progress } from '../advice/progress-words.ts';
import { labelledFramesAt } from '../archive/fold.ts';
import type { PictureOf } from '../archive/pictures.ts';
import type { LabelService } from '../labels/service.ts';
import type { GateFacts } from '../models/types.ts';
import type { BaseSet } from '../retrain/types.ts';
import {
  type AnswerDeps,
  explanation,
  framePicture,
  labelProgress,
  nextFrames,
  pictureOf,
} from './answers.ts';
import { gather } from './gather.ts';
import type { JudgedFrame } from './judged-frame.ts';
import type { LearningDeps, LearningStatus, ModelNews } from './learning-deps.ts';
import { type OpenArchive, openArchiveParts } from './open-archive.ts';
import { drawFirst } from './overlay.ts';
import { ProbationMonitor } from './probation-monitor.ts';
import { Retraining, type RetrainRequest } from './retraining.ts';
import { loadShippedBase } from './shipped-base.ts';

const HOURLY_MS = 3_600_000;
/** Entries of the history that `models` answers with. */
const HISTORY = 50;

export class Learning {
  readonly #deps: LearningDeps;
  readonly #retraining: Retraining;
  readonly #probation: ProbationMonitor;
  #open: OpenArchive | undefined;
  /** Computed when it is asked for, and again after a label or a retraining. */
  #progress: Progress | undefined;
  #lastHourlyMs: number;
  /** Work on frames that is under way; the database is closed after it. */
  #working: Promise<void> = Promise.resolve();

  constructor(deps: LearningDeps) {
    this.#deps = deps;
    this.#probation = new ProbationMonitor(deps, why => this.#rollback(undefined, [why], true));
    this.#lastHourlyMs = deps.clock.monotonic();
    const { store, options, directory, thread, newId, clock, log, onTraining } = deps;
    this.#retraining = new Retraining({
      store,
      directory,
      thread,
      newId,
      clock,
      log,
      inTurn: deps.inTurn,
      head: () => this.#headId,
      onUpdate: onTraining,
      gather: ({ only }, signal) =>
        gather({ ...deps, ...this.#opened, loadBase: this.#loadBase }, only, signal),
      overlay: ({ shown }) =>
        options.keep === 'pictures' ? drawFirst(shown, this.#answers, this.#headId) : Promise.resolve(null),
      onPromoted: (head, from, facts) => this.#promoted(head, from, facts),
      onHeld: held => this.#report('model_held', held.from, held, held.id),
      onRejected: facts => {
        this.#progress = undefined;
        this.#report('model_rejected', this.#headId, facts);
      },
    });
  }

  /**
   * Opens the archive and begins to listen for labels.
   *
   * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
   */
  async start(): Promise<void> {
    this.#open = await openArchiveParts(this.#deps, {
      loadBase: this.#loadBase,
      onLabelled: () => this.#forget(),
    });
    await this.#open.folder?.start();
    await this.#probation.start();
    await this.#retraining.start();
    this.#alertHeld();
  }

  async stop(): Promise<void> {
    const open = this.#open;
    await open?.folder?.stop();
    await this.#retraining.stop();
    await this.#working;
    await open?.compare.opened?.catch(() => undefined);
    if (open !== undefined) await this.#probation.stop();
    this.#open = undefined;
    await open?.drift.save().catch(this.#warn('the days cannot be kept'));
    open?.archive.close();
  }

  /** A frame was judged. Returns at once, and never throws. */
  add(frame: JudgedFrame): void {
    const open = this.#open;
    if (open === undefined) return;
    open.drift.add(frame);
    // The base set takes a while to read: the first word of the beach goes before.
    void open.compare.get().catch(this.#warn('frames are compared with nothing'));
    const work = [
      open.archiver.add(frame).catch(this.#warn('a frame cannot be kept')),
      this.#probation.add(frame).catch(this.#warn('the head on probation cannot be watched')),
      this.#hourly(frame.monotonicMs),
    ];
    this.#working = Promise.all([this.#working, ...work]).then(() => undefined);
  }

  /** Keeps a frame because somebody asked for it, under the same rules of privacy and room as any other. */
  keep(frame: JudgedFrame): ReturnType<OpenArchive['archiver']['keep']> {
    return this.#opened.archiver.keep(frame);
  }

  /** A frame was taken by hand, and its id given in the answer: it can be explained and labelled for a while, kept or not. */
  remember(frame: JudgedFrame): void {
    this.#open?.archiver.remember(frame);
  }

  /** The id of a frame was published: it can be labelled for a while, kept or not. */
  published(frame: string): void {
    this.#open?.archiver.published(frame);
  }

  /** Somebody sees this frame on the page: it can be explained for a while. */
  shown(frame: string): void {
    this.#open?.archiver.shown(frame);
  }

  /** @throws SurfwatchError `label-*`, `disk-full` */
  get labels(): LabelService {
    return this.#opened.labels;
  }

  /** @throws SurfwatchError `retrain-busy` */
  retrain(request: RetrainRequest): { readonly job: string } {
    return this.#retraining.begin(request);
  }

  /** @throws SurfwatchError `retrain-none` */
  cancel(job?: string): { readonly job: string } {
    return this.#retraining.cancel(job);
  }

  /** @throws SurfwatchError `model-unknown`, `rollback-none` */
  async rollback(to?: string): Promise<{ readonly from: string; readonly to: string }> {
    return this.#rollback(to, [reason('asked-for', {})], false);
  }

  async models() {
    const { store } = this.#deps;
    const models = (await store.list()).map(({ folder: _, ...model }) => model);
    const entries = store.history(HISTORY);
    const times = entries.map(({ at }) => Date.parse(at)).reverse();
    const log = this.#opened.archive.log(Number.MAX_SAFE_INTEGER).toReversed();
    const labelled = labelledFramesAt(log, times).reverse();
    const history = entries.map((entry, index) => ({ ...entry, labelled: labelled[index] ?? 0 }));
    return { current: this.#headId, held: store.held, models, history };
  }

  /** @throws SurfwatchError `model-not-held`, `model-missing`, `model-invalid`, `disk-full` */
  async approve(id: string): Promise<{ readonly from: string; readonly to: string }> {
    const { from, head, held } = await this.#deps.store.approve(id);
    this.#promoted(head, from, held, id);
    this.#retraining.decided(held, 'promoted');
    return { from, to: id };
  }

  /** @throws SurfwatchError `model-not-held`, `storage-failed` */
  async reject(id: string): Promise<{ readonly rejected: string }> {
    const held = await this.#deps.store.dismiss(id);
    this.#report('model_rejected', this.#headId, held, id);
    this.#retraining.decided(held, 'rejected');
    return { rejected: id };
  }

  /** @throws SurfwatchError `model-not-held`, `model-overlay-none` */
  async overlay(id: string): Promise<{ readonly head: string; readonly jpeg: string }> {
    return { head: id, jpeg: (await this.#deps.store.overlay(id)).toString('base64') };
  }

  next(count: number) {
    return nextFrames(this.#answers, count);
  }

  /** @param at explains this place of it, in shares */
  explain(frame: string, at?: Point) {
    return explanation(this.#answers, frame, at);
  }

  frame(frame: string, width?: number) {
    return framePicture(this.#answers, frame, width);
  }

  /** The picture of a frame as it is kept, not pixelated. @throws SurfwatchError `label-frame-unknown` */
  async picture(frame: string): Promise<Uint8Array> {
    return (await pictureOf(this.#answers, frame)).picture;
  }

  /** Frames whose picture is kept, taken between two times, in order. */
  pictures(fromMs: number, toMs: number): readonly PictureOf[] {
    return this.#opened.archive.pictures(fromMs, toMs);
  }

  status(): LearningStatus {
    const { archive, drift } = this.#opened;
    this.#progress ??= labelProgress(archive, this.#deps.store);
    return {
      archive: archive.counts(),
      training: this.#retraining.training,
      progress: this.#progress,
      drift: drift.drift(this.#since()),
    };
  }

  async #rollback(to: string | undefined, reasons: readonly Reason[], automatic: boolean) {
    const { store, onNews } = this.#deps;
    const { from, to: id, head } = await store.rollback(to, { automatic, reasons });
    this.#use(head);
    this.#probation.end();
    onNews({ type: 'model_rolled_back', job: null, from, to: id, candidate: null, reasons, figures: null });
    return { from, to: id };
  }

  #promoted(head: HeadBundle, from: string, facts: GateFacts, candidate: string | null = null): void {
    const { store, log } = this.#deps;
    this.#use(head);
    this.#probation.begin();
    if (store.pinned !== null)
      log.warn(
        { head: store.pinned },
        'models.head names a head: the new one is in use only until the next start',
      );
    this.#report('model_promoted', from, facts, candidate);
  }

  #report(
    type: ModelNews['type'],
    from: string,
    { job, reasons, figures }: GateFacts,
    candidate: string | null = null,
  ): void {
    this.#deps.onNews({ type, job, from, to: this.#headId, candidate, reasons, figures });
    this.#alertHeld();
  }

  #alertHeld(): void {
    const { store, onAlert } = this.#deps;
    const id = store.held?.id;
    onAlert(
      'model-held',
      id === undefined
        ? null
        : `head ${id} may be wrong and waits: surfwatch models --approve or --reject ${id}`,
    );
  }

  #use(head: HeadBundle): void {
    this.#deps.reader.useHead(head);
    this.#forget();
    this.#deps.onHead(head);
  }

  #forget(): void {
    this.#open?.known.forget();
    this.#progress = undefined;
  }

  #warn(what: string): (error: unknown) => void {
    return error => this.#deps.log.warn({ err: error }, what);
  }

  /** What need not be done more often: room, days, drift. */
  async #hourly(monotonicMs: number): Promise<void> {
    if (monotonicMs - this.#lastHourlyMs < HOURLY_MS) return;
    this.#lastHourlyMs = monotonicMs;
    const { archive, drift } = this.#opened;
    await archive.tidy().catch(this.#warn('what is over the quotas of the archive cannot be deleted'));
    await drift.save().catch(this.#warn('the days cannot be kept'));
    this.#deps.onAlert('model-drift', drift.drift(this.#since()).alert);
  }

  /** The day from which on the head in use judges. */
  #since(): string | null {
    const changed = this.#deps.store.history(1_000).find(({ to }) => to !== null);
    return changed === undefined ? null : changed.at.slice(0, 10);
  }

  readonly #loadBase = (): Promise<BaseSet | null> => loadShippedBase(this.#deps);

  get #headId(): string {
    return this.#deps.reader.head.manifest.id;
  }

  get #opened(): OpenArchive {
    if (this.#open === undefined) throw new SurfwatchError('command-busy', 'the archive is not open');
    return this.#open;
  }

  get #answers(): AnswerDeps {
    const { archive, known, recent, shown } = this.#opened;
    const { reader, thresholds, options, zones } = this.#deps;
    return {
      archive,
      recent,
      shown,
      known,
      head: () => reader.head,
      thresholds,
      onlyZones: () => (options.pixelate ? zones : null),
      loadBase: this.#loadBase,
      unsure: () => this.#retraining.unsure,
    };
  }
}
