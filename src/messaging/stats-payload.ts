/** What is sent on `stats/hourly`: how long each activity was seen. */
import * as z from 'zod';
import { count, stamped, time } from './payload-parts.ts';

const minutes = z.number().min(0);

const totals = {
  watched: minutes.describe('Minutes in which the picture could be judged.'),
  minutes: z
    .record(z.string(), minutes)
    .describe(
      'Minutes by activity, and of `none`; when several activities are present, each counts. An absent one is 0.',
    ),
  unknown: z
    .record(z.string(), minutes)
    .describe(
      'Minutes in which it could not be judged, by reason: a `visibility`, `starting` (too few pictures yet) or `stalled` (the daemon was held up).',
    ),
  riders: z
    .record(
      z.string(),
      z.object({
        mean: z
          .number()
          .min(0)
          .describe('Riders on average, over all the time in which they were counted, that without any too.'),
        peak: count.describe('Most riders at a time.'),
      }),
    )
    .optional()
    .describe(
      'How many riders there were, by activity; an absent activity had none. Absent if riders were not counted.',
    ),
};

const day = z.object({ date: z.iso.date().describe('The day, in the time zone.'), ...totals });

export const statsSchema = z
  .object({
    ...stamped,
    site: z.string().describe('Name of the site.'),
    timeZone: z.string().describe('The time zone whose days are meant.'),
    today: day.describe('The beach since midnight; the figures only grow until the next midnight.'),
    yesterday: day.describe('The beach on the day before.'),
    hours: z
      .array(z.object({ start: time.describe('When the hour begins, UTC.'), ...totals }))
      .max(48)
      .describe(
        'The beach in each of the last 48 hours, the current one included; an hour without data is absent.',
      ),
    zones: z.record(z.string(), z.object(totals)).describe('Each configured zone since midnight, by name.'),
  })
  .describe('How long each activity was seen recently, and how many riders there were.');

export type Stats = z.infer<typeof statsSchema>;
