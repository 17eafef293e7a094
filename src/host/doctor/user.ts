/** Who surfwatch runs as. */
import { userInfo } from 'node:os';
import { type Finding, ok, warn } from './finding.ts';

export function checkUser(): Finding {
  const { username, uid } = userInfo();
  if (uid !== 0) return ok('user', username);
  const remedy = 'Run the daemon as a user of its own, in the group `video` where the camera is a device.';
  return warn('user', 'root: a fault would have the whole machine', remedy);
}
