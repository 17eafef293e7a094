/** The page of one camera: what it is told, and what it asks for. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import { SurfwatchError } from '../errors.ts';
import { readHistory } from '../history/read.ts';
import { HISTORY_FILE } from '../history/schema.ts';
import type { CameraMetrics } from '../host/metrics/outlets.ts';
import { iso } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import type { CommandRegistry } from '../messaging/verbs.ts';
import type { TrackedFrame } from '../pipeline/processed-frame.ts';
import { timeZoneOf } from '../schedule/schedule.ts';
import type { AppDeps } from './app.ts';
import { Live } from './live.ts';
import { NewestFrame, type NewestFrameDeps } from './newest-frame.ts';
import type { Pages } from './pages.ts';
import { Pictures, type PicturesDeps } from './pictures.ts';
import type { RoutesDeps } from './routes/all.ts';
import type { BeachNow } from './routes/cameras.ts';
import type { SetupRoutesDeps } from './routes/setup.ts';
import { seenFrame } from './seen-frame.ts';
import { widgetPage } from './widget.ts';

export interface PageDeps {
  /** What serves it. */
  readonly pages: Pick<Pages, 'add'>;
  /** Those the daemon was started with. */
  readonly settings: Settings;
  readonly messaging: Pick<Messaging, 'subscribe'>;
  readonly commands: Pick<CommandRegistry, 'verb'>;
  readonly metrics: Omit<CameraMetrics, 'observe'>;
  /** What is known of the beach, and what the daemon is doing. */
  readonly now: () => BeachNow;
  /** Nobody is to see the beach now. */
  readonly isPaused: () => boolean;
  /** The picture of a frame that is kept or was seen lately. @throws SurfwatchError `label-frame-unknown` */
  readonly picture: PicturesDeps['source'];
  /** Somebody sees this frame. */
  readonly onShown: (frame: string) => void;
  /** All of a picture at full detail, also what is not watched. */
  readonly readWhole: NewestFrameDeps['readWhole'];
  readonly onlyZones: PicturesDeps['onlyZones'];
  readonly pictures: RoutesDeps['history']['pictures'];
  /** Activities of the head in use, and from which scores on they are present. */
  readonly judging: () => {
    readonly manifest: Parameters<NewestFrame['sightsIn']>[1];
    readonly thresholds: Readonly<Record<string, number>>;
  };
  readonly setup: Omit<SetupRoutesDeps, 'configured' | 'tryZones'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Page {
  readonly #deps: PageDeps;
  readonly #live: Live;
  readonly #newest: NewestFrame;

  constructor(deps: PageDeps) {
    this.#deps = deps;
    this.#live = new Live(deps.clock);
    this.#newest = new NewestFrame(deps);
  }

  /** Begins to serve it, where that is wanted. @throws SurfwatchError `web-listen-failed` */
  async start(): Promise<void> {
    const { pages, settings, messaging, metrics, now } = this.#deps;
    if (!settings.web.enabled) return;
    // What serves it takes a while to load: a frame need not wait for it.
    const { allRoutes } = await import('./routes/all.ts');
    await pages.add({
      site: settings.site,
      now,
      routes: allRoutes(this.#routes()),
      plain: {
        '/metrics': () => metrics.text(),
        '/healthz': () => metrics.liveness(),
        '/readyz': () => metrics.readiness(),
      },
      open: settings.web.widget ? this.#widget() : {},
    });
    this.#live.start();
    messaging.subscribe({
      onState: (topic, value) => {
        this.#live.tell('state', topic, { topic, value });
        if (value === '') this.#live.forget('state', topic);
      },
      onEvent: event => this.#live.tell('event', event.id, event),
    });
  }

  /** Safe to call twice, and where it was not started. */
  stop(): void {
    this.#live.stop();
  }

  /** A frame was judged. Costs next to nothing, and never throws. */
  observe(frame: TrackedFrame): void {
    if (!this.#deps.settings.web.enabled || this.#deps.isPaused()) return;
    this.#newest.take(frame);
    if (this.#live.viewers > 0) this.#deps.onShown(frame.frame.id);
    this.#live.tell('frame', '', seenFrame(frame, this.#deps.clock.now()));
  }

  /** A pause began or ended. */
  pauseChanged(): void {
    if (!this.#deps.isPaused()) return;
    this.#newest.forget();
    this.#live.forget('frame', '');
  }

  /** What is live, for one more viewer, who sees the newest frame first. @throws SurfwatchError `web-busy` */
  #open(): ReadableStream<Uint8Array> {
    const stream = this.#live.open();
    if (this.#newest.isKnown) this.#deps.onShown(this.#newest.id);
    return stream;
  }

  #widget(): AppDeps['open'] {
    const { settings, now } = this.#deps;
    const timeZone = timeZoneOf(settings.schedule);
    const state = () => {
      const { beach, state } = now();
      const { activity, count, since } = beach;
      return { site: settings.site, activity, count, since: iso(since), fresh: state === 'running' };
    };
    return {
      '/widget': language => ({
        status: 200,
        type: 'text/html; charset=utf-8',
        body: String(widgetPage(state(), { timeZone, language })),
      }),
      '/widget.json': () => ({ status: 200, type: 'application/json', body: `${JSON.stringify(state())}\n` }),
    };
  }

  #routes(): RoutesDeps {
    const { settings, commands, isPaused, picture, onlyZones, pictures, judging, setup, clock, log } =
      this.#deps;
    const newest = this.#newest;
    const shown = new Pictures({
      source: async id => newest.bytesOf(id) ?? picture(id),
      onlyZones,
    });
    return {
      frames: {
        live: { open: () => this.#open() },
        picture: (id, wanted) => {
          if (id !== 'latest') return shown.of(id, wanted);
          if (isPaused()) throw new SurfwatchError('capture-paused', 'the camera is paused');
          return shown.of(newest.id, wanted);
        },
      },
      commands: { commands, clock, log },
      history: {
        open: () => readHistory(join(settings.stateDir, HISTORY_FILE)),
        pictures,
        timeZone: timeZoneOf(settings.schedule),
      },
      setup: {
        ...setup,
        configured: settings,
        tryZones: zones => {
          const { manifest, thresholds } = judging();
          return newest.sightsIn(zones, manifest, thresholds);
        },
      },
    };
  }
}
