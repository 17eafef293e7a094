/** Logs for tests. */
import { pino } from 'pino';

export const silent = pino({ level: 'silent' });

/** A log whose lines can be read. */
export function readableLog() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { log: pino({ level: 'info' }, { write }), lines };
}
