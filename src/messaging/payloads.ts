import * as z from 'zod';
import { VISIBILITIES } from '../activity/visibility.ts';
import { boardSchema } from './board-payload.ts';
import { modelEventSchemas } from './learning-payloads.ts';
import { count, eventFields, share, stamped, time, transactionSchema, version } from './payload-parts.ts';

/** What is sent on the topics of `topics.ts`. JSON Schema and `docs/mqtt.md` are generated from the descriptions here. */

const judged = {
  ...stamped,
  site: z.string().describe('Name of the site.'),
  activity: z
    .string()
    .min(1)
    .describe(
      'The present activity with the highest score; `none` if none is present, `unknown` if the picture cannot be judged.',
    ),
  activities: z.array(z.string()).describe('All present activities.'),
  scores: z.record(z.string(), share).describe('Smoothed, calibrated score of each activity, 0..1.'),
  count: z
    .record(z.string(), count)
    .optional()
    .describe(
      'Riders of each activity, smoothed: 0 if it is not present. Absent while `activity` is `unknown`, and if riders are not counted.',
    ),
  since: time.describe('Since when `activity` has held, UTC.'),
  visibility: z
    .enum(VISIBILITIES)
    .describe('Whether the picture can be judged; anything but `ok` is the reason of `unknown`.'),
  frame: z
    .ulid()
    .nullable()
    .describe('Id (ULID) of the frame this was read from; null if there is none, as with a lost camera.'),
  model: z.string().describe('Id of the head the scores come from.'),
};

export const activitySchema = z.object(judged).describe('The activity on the beach as a whole.');

export const zoneActivitySchema = z
  .object({
    ...judged,
    zone: z.string().describe('Name of the zone.'),
  })
  .describe('The activity in one zone.');

const sessionSchema = z.object({
  id: z.ulid().describe('Id (ULID) of the session, the same in all its events.'),
  activity: z.string().describe('The activity.'),
  start: time.describe('First time the activity was present, UTC.'),
  end: time.nullable().describe('Last time the activity was present, UTC; null while it lasts.'),
  peak: share.describe('Highest smoothed score so far, 0..1.'),
  peakCount: count
    .optional()
    .describe('Highest smoothed count of riders so far; absent if they were not counted.'),
  durationS: z.number().min(0).describe('Duration so far, in seconds.'),
});

function sessionEvent<const T extends string>(type: T, doc: string) {
  return z
    .object({
      ...eventFields,
      type: z.literal(type).describe('Kind of the event.'),
      zone: z.string().describe('Name of the zone.'),
      session: sessionSchema.describe('The session.'),
      frame: z.ulid().nullable().describe('Id (ULID) of the frame that led to the event, if any.'),
    })
    .describe(doc);
}

export const eventSchema = z
  .discriminatedUnion('type', [
    sessionEvent('session_started', 'An activity became present in a zone.'),
    sessionEvent('session_updated', 'A session continues: a new peak or a sign of life.'),
    sessionEvent('session_ended', 'An activity is no longer present in a zone.'),
    ...modelEventSchemas,
  ])
  .describe('Something that happened.');

export const availabilitySchema = z.enum(['online', 'offline']);

export const stateSchema = z
  .object({
    ...stamped,
    state: z
      .enum(['starting', 'running', 'paused', 'night', 'closed', 'degraded', 'stopping'])
      .describe(
        'What the daemon is doing. `night`: the sun is down. `closed`: it is up, but no window of the week is open. `degraded`: no picture comes, or none was judged for `activity.staleAfter`.',
      ),
    since: time.describe('Since when, UTC.'),
    reason: z.string().optional().describe('Why, if the state alone does not say it.'),
    until: time
      .nullable()
      .optional()
      .describe(
        'When the daemon will use the camera again, UTC; null if that takes `resume`, or is not known; only with `paused`, `night` and `closed`.',
      ),
  })
  .describe('The state of the daemon.');

const detailSchema = z.object({
  scale: z.number().positive().describe('Pixels of the picture that is read per pixel of the frame.'),
  smallestPx: z
    .number()
    .positive()
    .describe('Height of the smallest rider that the model sees well, in pixels of the frame.'),
  tookMs: z.number().min(0).describe('Time it took to read the newest frame, in milliseconds.'),
});
export const problemSchema = z
  .object({
    ...stamped,
    problem: z.boolean().describe('Whether any alert is raised.'),
    alerts: z.record(z.string(), z.string()).describe('The text of each raised alert, by id.'),
  })
  .describe('All alerts together.');

export const infoSchema = z
  .object({
    ...stamped,
    version: z.string().describe('Version of surfwatch.'),
    site: z.string().describe('Name of the site.'),
    engine: z
      .object({
        name: z.string().describe('Name of the engine.'),
        why: z.string().describe('Why it was chosen.'),
      })
      .describe('What computes the network.'),
    backbone: z
      .object({
        id: z.string().describe('Id of the backbone.'),
        sha256: z.string().describe('SHA-256 of its weights, hexadecimal.'),
      })
      .describe('The network that reads a frame.'),
    head: z
      .object({ id: z.string().describe('Id of the head.') })
      .describe('The head, which finds riders in the output of the backbone.'),
    activities: z.array(z.string()).describe('The activities the head tells apart.'),
    thresholds: z.record(z.string(), share).describe('Score from which an activity counts as present, 0..1.'),
    zones: z
      .array(
        z.object({
          name: z.string().describe('Name of the zone.'),
          points: z.array(z.tuple([share, share])).describe('Corners x, y, as fractions of the frame.'),
        }),
      )
      .describe('The zones that are reported.'),
    detail: detailSchema
      .nullable()
      .describe(
        'How finely a frame is read; null before the first one, and published again when it changes.',
      ),
    node: z.string().describe('Version of Node.js.'),
    platform: z.string().describe('Operating system and processor, such as `linux-arm64`.'),
  })
  .describe('What runs: versions, engine, model, zones.');

export const healthSchema = z
  .object({
    ...stamped,
    uptimeS: z.number().min(0).describe('Time since the start, in seconds.'),
    frames: z
      .object({
        captured: count.describe('Taken from the camera.'),
        classified: count.describe('Scored.'),
        dropped: count.describe('Replaced by a newer one before they were scored.'),
        failed: count.describe('Could not be captured, read or scored.'),
      })
      .describe('Frames since the start.'),
    rateHz: z.number().min(0).describe('Recent frames scored per second.'),
    latencyMs: z
      .object({
        p50: z.number().min(0).describe('Median.'),
        p95: z.number().min(0).describe('95th percentile.'),
        p99: z.number().min(0).describe('99th percentile.'),
      })
      .nullable()
      .describe('Recent time from picture to publication, in milliseconds; null before the first frame.'),
    detail: detailSchema
      .extend({
        watched: z
          .object({
            x: share.describe('Left edge, as a fraction of the frame’s width.'),
            y: share.describe('Upper edge, as a fraction of the frame’s height.'),
            w: share.describe('Width, as a fraction of the frame’s width.'),
            h: share.describe('Height, as a fraction of the frame’s height.'),
          })
          .describe(
            'The part of the frame that is read at this scale: around the zones or, without zones, around the water. The rest is read at half of it, and at this scale every 20 seconds.',
          ),
        turns: z
          .int()
          .min(1)
          .describe('In so many frames: more than one if the board is too slow for all of it in each.'),
      })
      .nullable()
      .describe('How finely frames are read; null before the first one.'),
    outbox: z
      .object({
        events: count.describe('Events waiting for the broker.'),
        states: count.describe('State topics whose newest value the broker has not acknowledged.'),
        droppedEvents: count.describe(
          'Events given up because the queue was full or the broker refused them; those of earlier runs count too.',
        ),
      })
      .describe('What waits to be sent.'),
    memory: z
      .object({
        rssMB: z.number().min(0).describe('Resident set, in MB.'),
        heapMB: z.number().min(0).describe('Used JavaScript heap, in MB.'),
      })
      .describe('Memory of the process.'),
    cpuTemperatureC: z.number().nullable().describe('Temperature of the processor, in °C; null if unknown.'),
    diskFreeMB: z.number().min(0).nullable().describe('Free space for data, in MB; null if unknown.'),
    board: boardSchema.optional().describe('The board itself; absent before it was first looked at.'),
    camera: z
      .object({
        status: z.enum(['starting', 'online', 'offline']).describe('Whether frames arrive.'),
        lastFrameTs: time.nullable().describe('When the last frame was taken, UTC; null before the first.'),
        error: z.string().nullable().describe('Code of the current fault; null if there is none.'),
      })
      .describe('The camera.'),
    mqtt: z
      .object({
        connected: z.boolean().describe('Whether the broker is connected.'),
        server: z
          .string()
          .nullable()
          .optional()
          .describe(
            'Address of the connected broker, one of the servers in `mqtt.url`; null if none is connected.',
          ),
        reconnects: count.describe('Connections made after the first, since the start.'),
      })
      .describe('The connection to the broker.'),
  })
  .describe('How the daemon is doing.');

export const commandSchema = z
  .looseObject({
    command: z.string().optional().describe('The verb; may be left out if the topic names it.'),
    transaction: transactionSchema.optional(),
    ts: z
      .union([z.iso.datetime({ offset: true }), z.number().min(0)])
      .optional()
      .describe(
        'When it was sent, as ISO 8601 with a time zone or in milliseconds since 1970: a command older than five minutes is answered `command-stale` and not run. Leave it out if the sender does not know the time.',
      ),
  })
  .describe('A command with its arguments. A bare verb instead of JSON is a command without arguments.');

const answered = {
  v: version,
  transaction: transactionSchema.optional().describe('The same as in the command; absent if it had none.'),
};

export const responseSchema = z
  .discriminatedUnion('status', [
    z
      .object({
        ...answered,
        status: z.literal('ok').describe('Done.'),
        data: z.unknown().describe('The result.'),
      })
      .describe('The command was carried out.'),
    z
      .object({
        ...answered,
        status: z.literal('error').describe('Not done.'),
        error: z.string().describe('What was wrong.'),
        code: z.string().describe('Code of the error, as in docs/errors.md.'),
      })
      .describe('The command was not carried out.'),
  ])
  .describe('The answer to a command.');

export type Activity = z.infer<typeof activitySchema>;
export type ZoneActivity = z.infer<typeof zoneActivitySchema>;
export type SurfEvent = z.infer<typeof eventSchema>;
export type State = z.infer<typeof stateSchema>;
export type Info = z.infer<typeof infoSchema>;
export type Health = z.infer<typeof healthSchema>;
export type Response = z.infer<typeof responseSchema>;
export type Transaction = z.infer<typeof transactionSchema>;
export { transactionSchema };
