/** Node.js, the picture library, and this computer. */
import { arch, cpus, freemem, platform, totalmem, userInfo } from 'node:os';
import { messageOf } from '../../errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const MB = 1024 * 1024;
/** The daemon stays below 200 MB; the system needs as much again. */
const LEAST_FREE_MB = 250;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return fail(
      'node',
      `Node.js ${version} is too old`,
      'Install Node.js 20.19 or newer (https://nodejs.org).',
    );
  }
  return ok('node', `Node.js ${version}, ${platform()} ${arch()}, ${cpus().length} processors`);
}

export function checkMemory(free = freemem(), total = totalmem()): Finding {
  const detail = `${Math.round(free / MB)} of ${Math.round(total / MB)} MB free`;
  if (free >= LEAST_FREE_MB * MB) return ok('memory', detail);
  return warn('memory', detail, `surfwatch needs about 200 MB: stop other programs, or add swap.`);
}

/** sharp and the formats cameras send. */
export async function checkSharp(): Promise<Finding> {
  try {
    const { default: sharp } = await import('sharp');
    const { format, versions } = sharp;
    const missing = (['jpeg', 'png', 'webp'] as const).filter(name => !format[name].input.buffer);
    const detail = `sharp ${versions.sharp}, libvips ${versions.vips}`;
    if (missing.length === 0) return ok('pictures', detail);
    return fail(
      'pictures',
      `${detail} cannot read ${missing.join(', ')}`,
      'Reinstall sharp: `npm rebuild sharp`.',
    );
  } catch (error) {
    return fail(
      'pictures',
      `sharp does not load: ${messageOf(error).split('\n')[0]}`,
      'Install again with `npm ci`, without --omit=optional: the binaries of sharp are optional packages.',
    );
  }
}

export function checkUser(): Finding {
  const { username, uid } = userInfo();
  if (uid !== 0) return ok('user', username);
  const remedy = 'Run the daemon as a user of its own, in the group `video` where the camera is a device.';
  return warn('user', 'root: a fault would have the whole machine', remedy);
}
