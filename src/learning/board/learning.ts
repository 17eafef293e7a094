/** Learning on the board: frames in, labels in, better heads out. Everything about it that has a life. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { SurfwatchError } from '../../errors.ts';
import type { Progress } from '../advice/progress-words.ts';
import type { LabelService } from '../labels/service.ts';
import type { GateFacts } from '../models/types.ts';
import type { BaseSet } from '../retrain/types.ts';
import { type AnswerParts, explanation, framePicture, labelProgress, nextFrames } from './answers.ts';
import { gather } from './gather.ts';
import type { LearningParts, LearningStatus, ModelNews } from './learning-parts.ts';
import { type OpenParts, openParts } from './open-parts.ts';
import { drawFirst } from './overlay.ts';
import { Retraining, type RetrainRequest } from './retraining.ts';
import type { SeenFrame } from './seen-frame.ts';
import { loadShippedBase } from './shipped-base.ts';
import { Trial } from './trial.ts';

const HOURLY_MS = 3_600_000;

export class Learning {
  readonly #parts: LearningParts;
  readonly #retraining: Retraining;
  readonly #trial: Trial;
  #open: OpenParts | undefined;
  /** Computed when it is asked for, and again after a label or a retraining. */
  #progress: Progress | undefined;
  #lastHourlyMs: number;
  /** Work on frames that is under way; the database is closed after it. */
  #working: Promise<void> = Promise.resolve();

  constructor(parts: LearningParts) {
    this.#parts = parts;
    this.#trial = new Trial(parts, reason => this.#rollback(undefined, [reason], true));
    this.#lastHourlyMs = parts.clock.monotonic();
    const { store, options, directory, newId, clock, log, onTraining } = parts;
    this.#retraining = new Retraining({
      store,
      directory,
      newId,
      clock,
      log,
      head: () => this.#headId,
      onUpdate: onTraining,
      gather: ({ only }, signal) =>
        gather({ ...parts, ...this.#opened, loadBase: this.#loadBase }, only, signal),
      overlay: ({ shown }) =>
        options.keep === 'pictures' ? drawFirst(shown, this.#answers, this.#headId) : Promise.resolve(null),
      onPromoted: (head, from, facts) => this.#promoted(head, from, facts),
      onHeld: held => this.#tell('model_held', held.from, held, held.id),
      onRejected: facts => {
        this.#progress = undefined;
        this.#tell('model_rejected', this.#headId, facts);
      },
    });
  }

  /**
   * Opens the archive and begins to listen for labels.
   *
   * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
   */
  async start(): Promise<void> {
    this.#open = await openParts(this.#parts, {
      loadBase: this.#loadBase,
      onLabelled: () => this.#forget(),
    });
    await this.#open.folder?.start();
    await this.#trial.start();
    await this.#retraining.start();
    this.#sayWhatWaits();
  }

  async stop(): Promise<void> {
    const open = this.#open;
    await open?.folder?.stop();
    await this.#retraining.stop();
    await this.#working;
    if (open !== undefined) await this.#trial.stop();
    this.#open = undefined;
    await open?.drift.save().catch(this.#warn('the days cannot be kept'));
    open?.archive.close();
  }

  /** Takes a frame in after it was judged. What it does beside never fails. */
  take(seen: SeenFrame): void {
    const open = this.#open;
    if (open === undefined) return;
    open.drift.take(seen);
    const beside = [
      open.keeper.take(seen).catch(this.#warn('a frame cannot be kept')),
      this.#trial.take(seen).catch(this.#warn('the head on probation cannot be watched')),
      this.#hourly(seen.monotonicMs),
    ];
    this.#working = Promise.all([this.#working, ...beside]).then(() => undefined);
  }

  /** Keeps a frame because somebody asked for it, under the same rules of privacy and room as any other. */
  keep(seen: SeenFrame): ReturnType<OpenParts['keeper']['capture']> {
    return this.#opened.keeper.capture(seen);
  }

  /** A frame was taken by hand, and its id given in the answer: it can be explained and labelled for a while, kept or not. */
  remember(seen: SeenFrame): void {
    this.#open?.keeper.remember(seen);
  }

  /** The id of a frame was published: it can be labelled for a while, kept or not. */
  published(frame: string): void {
    this.#open?.keeper.published(frame);
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
    return this.#rollback(to, ['it was asked for'], false);
  }

  async models() {
    const { store } = this.#parts;
    const models = (await store.list()).map(({ folder: _, ...model }) => model);
    return { current: this.#headId, held: store.held, models, history: store.history(50) };
  }

  /** @throws SurfwatchError `model-not-held`, `model-missing`, `model-invalid`, `disk-full` */
  async approve(id: string): Promise<{ readonly from: string; readonly to: string }> {
    const { from, head, held } = await this.#parts.store.approve(id);
    this.#promoted(head, from, held, id);
    this.#retraining.decided(held, 'promoted');
    return { from, to: id };
  }

  /** @throws SurfwatchError `model-not-held`, `storage-failed` */
  async reject(id: string): Promise<{ readonly rejected: string }> {
    const held = await this.#parts.store.dismiss(id);
    this.#tell('model_rejected', this.#headId, held, id);
    this.#retraining.decided(held, 'rejected');
    return { rejected: id };
  }

  /** @throws SurfwatchError `model-not-held`, `model-overlay-none` */
  async overlay(id: string): Promise<{ readonly head: string; readonly jpeg: string }> {
    return { head: id, jpeg: (await this.#parts.store.overlay(id)).toString('base64') };
  }

  next(count: number) {
    return nextFrames(this.#answers, count);
  }

  explain(frame: string) {
    return explanation(this.#answers, frame);
  }

  frame(frame: string, width?: number) {
    return framePicture(this.#answers, frame, width);
  }

  status(): LearningStatus {
    const { archive, drift } = this.#opened;
    this.#progress ??= labelProgress(archive, this.#parts.store);
    return {
      archive: archive.counts(),
      training: this.#retraining.training,
      progress: this.#progress,
      drift: drift.drift(this.#since()),
    };
  }

  async #rollback(to: string | undefined, reasons: readonly string[], automatic: boolean) {
    const { store, onNews } = this.#parts;
    const { from, to: id, head } = await store.rollback(to, { automatic, reasons });
    this.#use(head);
    this.#trial.end();
    onNews({ type: 'model_rolled_back', job: null, from, to: id, candidate: null, reasons, figures: null });
    return { from, to: id };
  }

  #promoted(head: HeadBundle, from: string, facts: GateFacts, candidate: string | null = null): void {
    const { store, log } = this.#parts;
    this.#use(head);
    this.#trial.begin();
    if (store.pinned !== null)
      log.warn(
        { head: store.pinned },
        'models.head names a head: the new one is in force only until the next start',
      );
    this.#tell('model_promoted', from, facts, candidate);
  }

  #tell(
    type: ModelNews['type'],
    from: string,
    { job, reasons, figures }: GateFacts,
    candidate: string | null = null,
  ): void {
    this.#parts.onNews({ type, job, from, to: this.#headId, candidate, reasons, figures });
    this.#sayWhatWaits();
  }

  #sayWhatWaits(): void {
    const { store, onAlert } = this.#parts;
    const id = store.held?.id;
    onAlert(
      'model-held',
      id === undefined
        ? null
        : `head ${id} may be wrong and waits: surfwatch models --approve or --reject ${id}`,
    );
  }

  #use(head: HeadBundle): void {
    this.#parts.reader.useHead(head);
    this.#forget();
    this.#parts.onHead(head);
  }

  #forget(): void {
    this.#open?.known.forget();
    this.#progress = undefined;
  }

  #warn(what: string): (error: unknown) => void {
    return error => this.#parts.log.warn({ err: error }, what);
  }

  /** What need not be done more often: room, days, drift. */
  async #hourly(monotonicMs: number): Promise<void> {
    if (monotonicMs - this.#lastHourlyMs < HOURLY_MS) return;
    this.#lastHourlyMs = monotonicMs;
    const { archive, drift } = this.#opened;
    await archive.tidy().catch(this.#warn('what is over the quotas of the archive cannot be deleted'));
    await drift.save().catch(this.#warn('the days cannot be kept'));
    this.#parts.onAlert('model-drift', drift.drift(this.#since()).alert);
  }

  /** The day from which on the head in force judges. */
  #since(): string | null {
    const changed = this.#parts.store.history(1_000).find(({ to }) => to !== null);
    return changed === undefined ? null : changed.at.slice(0, 10);
  }

  readonly #loadBase = (): Promise<BaseSet | null> => loadShippedBase(this.#parts);

  get #headId(): string {
    return this.#parts.reader.head.manifest.id;
  }

  get #opened(): OpenParts {
    if (this.#open === undefined) throw new SurfwatchError('command-busy', 'the archive is not open');
    return this.#open;
  }

  get #answers(): AnswerParts {
    const { archive, known, recent } = this.#opened;
    const { reader, thresholds, options, zones } = this.#parts;
    return {
      archive,
      recent,
      known,
      head: () => reader.head,
      thresholds,
      onlyZones: () => (options.pixelate ? zones : null),
      loadBase: this.#loadBase,
      unsure: () => this.#retraining.unsure,
    };
  }
}
