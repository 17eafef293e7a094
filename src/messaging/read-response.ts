/** For whoever asks the daemon: what a response says, and whether it is meant for them. */
import { type Response, responseSchema } from './payloads.ts';

/** What a message on a response topic says; undefined where it is no answer. */
export function readResponse(payload: Buffer): Response | undefined {
  return responseSchema.safeParse(readJson(payload)).data;
}

export function readJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

/** Whether an answer that bears no mark can be that to a picture with these labels. */
export function mayAnswerPicture(response: Response, labels: readonly string[]): boolean {
  if (response.transaction !== undefined) return false;
  if (response.status === 'error') return true;
  const given = (response.data as { labels?: unknown } | null)?.labels;
  // `none` is asked for, and answered by an empty list.
  const asked = labels.filter(label => label !== 'none');
  return Array.isArray(given) && [...given].sort().join() === asked.sort().join();
}
