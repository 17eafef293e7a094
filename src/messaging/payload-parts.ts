/** What the schemas of several payloads are made of. */
import * as z from 'zod';

export const version = z
  .literal(1)
  .describe('Version of the payload; within one version fields are only added.');
export const time = z.iso.datetime();
export const share = z.number().min(0).max(1);
export const count = z.int().min(0);

export const stamped = {
  v: version,
  ts: time.describe('When this was sent, UTC.'),
};

/** The fields of every event. */
export const eventFields = {
  ...stamped,
  id: z.ulid().describe('Id (ULID) of the event. An event repeated after a lost connection has the same id.'),
  site: z.string().describe('Name of the site.'),
};

export const transactionSchema = z
  .union([z.string().max(128), z.number()])
  .describe(
    'Chosen by the sender and repeated in the answer; a command that repeats it is answered again but not run again, and refused if its arguments differ (`transaction-reused`).',
  );

export const reasonSchema = z
  .object({
    code: z.string().describe('Which reason it is, as in the table of reasons.'),
    text: z.string().describe('The reason as an English sentence, with its figures.'),
    values: z
      .record(z.string(), z.union([z.string(), z.number()]).nullable())
      .describe('What the sentence is made of, by name: shares and scores 0..1; null for what is not known.'),
  })
  .describe('A reason.');
