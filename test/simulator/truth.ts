/** What a script says that is on the water. */
import {
  SCRIPTED_ACTIVITIES,
  type ScriptedActivity,
  type ScriptedSession,
} from '../../src/simulator/options.ts';
import { type Script, sessionsAround } from '../../src/simulator/script.ts';

/** The sessions that start before `untilMs`, by start. */
export function scriptedSessions(script: Script, untilMs: number): ScriptedSession[] {
  const sessions: ScriptedSession[] = [];
  for (let block = 0; block === 0 || block * script.blockMs < untilMs; block++) {
    sessions.push(...script.sessions(block).filter(session => session.startMs < untilMs));
  }
  return sessions;
}

/** The activities on the water at a simulated time: the known truth. In the order of `SCRIPTED_ACTIVITIES`. */
export function truthAt(script: Script, ms: number): ScriptedActivity[] {
  const present = sessionsAround(script, ms, 0).map(session => session.activity);
  return SCRIPTED_ACTIVITIES.filter(activity => present.includes(activity));
}
