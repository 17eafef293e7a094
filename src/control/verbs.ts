/** The commands that control a running daemon: pause, one picture by hand, settings. */
import * as z from 'zod';
import { parseDuration } from '../base/duration.ts';
import { iso } from '../messaging/from-report.ts';
import { defineVerb, type Verbs } from '../messaging/verbs.ts';
import type { Pause, PauseOutcome } from '../pipeline/pause.ts';
import type { ViewStore } from '../pipeline/view-store.ts';
import type { Captured, CaptureRequest } from './capture.ts';
import type { RuntimeOptions } from './runtime-options.ts';

const MAX_PAUSE_MS = 366 * 86_400_000;
const MAX_NAMES = 500;

const span = z
  .union([
    z
      .string()
      .max(32)
      .refine(text => inRange(parseDuration(text)), 'must be a duration such as "30m" or "2h", 366d at most'),
    z.int().min(1).max(MAX_PAUSE_MS),
  ])
  .describe('How long: `"30m"`, `"2h"`, `"1d"`, or milliseconds. Setting the clock does not change it.');

const pauseArgs = z
  .object({
    for: span.optional(),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Until when, ISO 8601 with a time zone. Without it and `for` until `resume`.'),
    reason: z
      .string()
      .max(200)
      .optional()
      .describe('Why, for those who see the state. Without it there is none.'),
  })
  .refine(args => args.for === undefined || args.until === undefined, {
    message: 'either `for` or `until`, not both',
  });

const captureArgs = z.object({
  keep: z.boolean().optional().describe('Keep the frame in the archive, to be labelled.'),
  jpeg: z.boolean().optional().describe('Answer with the picture, base64; as `learning.pixelate` says.'),
  width: z
    .int()
    .min(16)
    .max(4096)
    .optional()
    .describe('Width of the picture in pixels; without it as the camera gave it.'),
});

const names = z.array(z.string().max(100)).max(MAX_NAMES);

const optionsArgs = z.object({
  get: names.optional().describe('Settings or groups to answer with, as `activity`; without it all.'),
  set: z
    .record(z.string().max(100), z.unknown())
    .optional()
    .describe('Settings by name, with values as in a config file: all of them are changed, or none.'),
  reset: names
    .optional()
    .describe('Settings or groups that go back to the configuration; `*` for all. Before `set`.'),
});

const viewArgs = z.object({
  forget: z
    .boolean()
    .optional()
    .describe('Learn the view anew, after the camera was moved on purpose: no alert for the new one.'),
});

export interface ControlDeps {
  readonly pause: Pick<Pause, 'pause' | 'resume'>;
  /** @throws SurfwatchError `capture-paused`, `capture-unreadable`, `camera-*`, `learning-off` */
  readonly capture: (request: CaptureRequest, signal: AbortSignal) => Promise<Captured>;
  readonly options: Pick<RuntimeOptions, 'change'>;
  readonly view: Pick<ViewStore, 'describe'>;
}

/** `pause`, `resume`, `capture`, `options` and `view`. */
export function controlVerbs({ pause, capture, options, view }: ControlDeps): Verbs {
  return {
    pause: defineVerb({
      doc: 'Leaves the camera alone until the given end or `resume`, across restarts too. The answer comes once the camera is left alone: `paused`, `since`, `until`, `reason`, and `kept`: whether it is on disk. During a pause, it sets another end.',
      args: pauseArgs,
      run: async ({ for: length, until, reason }) =>
        pauseAnswer(
          await pause.pause({
            forMs: typeof length === 'string' ? parseDuration(length) : length,
            untilMs: until === undefined ? undefined : Date.parse(until),
            reason,
          }),
        ),
    }),
    resume: defineVerb({
      doc: 'Ends a pause; answers like `pause`. Without a pause nothing changes.',
      args: z.object({}),
      run: async () => pauseAnswer(await pause.resume()),
    }),
    capture: defineVerb({
      doc: 'Takes a picture now and judges it on its own: `frame`, `activity`, `activities`, `scores`, `visibility`; `keep` says whether the archive kept it. Refused during a pause.',
      args: captureArgs,
      run: (args, signal) => capture(args, signal),
    }),
    options: defineVerb({
      doc: 'Reads the settings that can change while the daemon runs (value, source, default, type, what it does), or changes them: at once, and kept across restarts.',
      args: optionsArgs,
      run: args => options.change(args),
    }),
    view: defineVerb({
      doc: 'Tells from how many `pictures` the usual view of the camera was learnt, and over how many `seconds`; 0 if nothing is known yet.',
      args: viewArgs,
      run: ({ forget = false }) => view.describe(forget),
    }),
  };
}

function pauseAnswer({ state, kept }: PauseOutcome) {
  if (state === null) return { paused: false, since: null, until: null, reason: null, kept };
  const { since, until, reason } = state;
  return { paused: true, since: iso(since), until: until === null ? null : iso(until), reason, kept };
}

function inRange(ms: number | undefined): boolean {
  return ms !== undefined && ms >= 1 && ms <= MAX_PAUSE_MS;
}
