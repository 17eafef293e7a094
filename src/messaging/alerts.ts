/** Which alerts stand for a picture that cannot be judged. */
import type { Visibility } from '../activity/visibility.ts';
import type { AlertId } from './topics.ts';

const ALERT_OF = {
  dark: ['camera-dark', 'the picture is too dark to judge'],
  obscured: ['lens-obscured', 'something covers the lens or hides the beach'],
  frozen: ['camera-stuck', 'the camera repeats the same picture'],
  overexposed: [
    'camera-overexposed',
    'most of the picture is white: the sun in the lens, or a wrong exposure',
  ],
  fogged: ['lens-fogged', 'the picture is foggy or out of focus'],
  'lens-dirty': ['lens-dirty', 'drops, dirt or a web on the lens, or something before a part of it'],
  moved: ['camera-moved', 'the camera looks elsewhere than before: check it and its zones'],
  damaged: ['picture-damaged', 'parts of the picture are missing or wrong in colour'],
  unreadable: ['picture-unreadable', 'the camera sends what is not a picture'],
} as const satisfies Partial<Record<Visibility, readonly [AlertId, string]>>;

/** Each picture alert with its text, or null where it is solved. A lost camera's alert is the camera's own. */
export function alertsFor(visibility: Visibility): [AlertId, string | null][] {
  return Object.entries(ALERT_OF).map(([reason, [id, text]]) => [id, reason === visibility ? text : null]);
}
