/** The picture that zones and the smallest rider are drawn on. */
import { pictureOf } from '../../api.ts';
import { newest } from '../../live.ts';
import { pictureOfTried, tried } from './camera.tsx';

/** What the camera gave when it was tried just now, else the frame that was the newest when this was first asked. */
export function beachPicture(): string {
  if (tried.value !== null) return pictureOfTried(tried.value);
  return pictureOf(newest.value?.frame ?? 'latest', { width: 1920 });
}
