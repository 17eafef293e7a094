/** All boards of a broker, as their retained topics tell of them. */
import * as z from 'zod';
import { readJson } from './read-response.ts';

const ROOT = 'surf';
/** What is read of a board, under its base. */
const READ = ['availability', 'camera/availability', 'activity', 'state', 'health', 'info', 'alert/+'];

/** What is to be subscribed to: boards of a fleet have a level more. */
export const FLEET_FILTERS: readonly string[] = [ROOT, `${ROOT}/+`].flatMap(base =>
  READ.map(topic => `${base}/${topic}`),
);

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
/** Fields of a newer daemon, or that it lacks, are no fault. */
const fieldsSchema = z.object({
  ts: text,
  site: text,
  activity: text,
  activities: z.array(z.string()).optional().catch(undefined),
  since: text,
  visibility: text,
  model: text,
  state: text,
  reason: text,
  version: text,
  head: z.object({ id: text }).optional().catch(undefined),
  rateHz: number,
});
type Fields = z.infer<typeof fieldsSchema>;

/** What a board has said last. */
export interface BoardTopics {
  /** What its topics begin with: `surf`, or `surf/<site>`. */
  readonly base: string;
  availability?: string;
  camera?: string;
  activity?: Fields;
  state?: Fields;
  health?: Fields;
  info?: Fields;
  readonly alerts: Map<string, string>;
}

/** By their base. */
export type Fleet = Map<string, BoardTopics>;

/**
 * Takes a message in.
 *
 * @returns whether it was one of a board
 */
export function takeFleetMessage(fleet: Fleet, topic: string, payload: Buffer): boolean {
  const place = placeOf(topic);
  if (place === undefined) return false;
  const { base, name } = place;
  const board: BoardTopics = fleet.get(base) ?? { base, alerts: new Map() };
  fleet.set(base, board);
  const words = payload.toString();
  if (name === 'availability') board.availability = words;
  else if (name === 'camera/availability') board.camera = words;
  else if (name.startsWith('alert/')) takeAlert(board, name.slice('alert/'.length), words);
  else {
    const fields = fieldsSchema.safeParse(readJson(payload)).data;
    if (fields !== undefined) board[name as 'activity' | 'state' | 'health' | 'info'] = fields;
  }
  return true;
}

function takeAlert(board: BoardTopics, id: string, words: string): void {
  if (words === '') board.alerts.delete(id);
  else board.alerts.set(id, words);
}

/** `surf/camera/availability` is that of a board outside of fleets: no site may have such a name. */
function placeOf(topic: string): { base: string; name: string } | undefined {
  const [root, ...rest] = topic.split('/');
  const site = rest[0] ?? '';
  if (root !== ROOT) return undefined;
  const own = rest.join('/');
  if (isRead(own)) return { base: ROOT, name: own };
  const name = rest.slice(1).join('/');
  return isRead(name) ? { base: `${ROOT}/${site}`, name } : undefined;
}

function isRead(name: string): boolean {
  return READ.includes(name) || /^alert\/[^/]+$/.test(name);
}
