/** The camera of the config: its program, its device, and one picture. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import pino from 'pino';
import { createSource } from '../../capture/create.ts';
import { EndOfFrames } from '../../capture/source.ts';
import type { Settings } from '../../config/settings.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { readTiles } from '../../vision/decode.ts';
import { judgeQuality, measureQuality } from '../../vision/quality.ts';
import { systemClock } from '../clock.ts';
import { type Finding, fail, failed, ok, warn } from './finding.ts';

const run = promisify(execFile);

/** fswebcam or ffmpeg, whichever the camera's kind needs; nothing for the kinds that need none. */
export async function checkCameraProgram({ kind }: Settings['camera']): Promise<Finding[]> {
  if (kind !== 'webcam' && kind !== 'ffmpeg') return [];
  const [program, option] = kind === 'webcam' ? ['fswebcam', '--version'] : ['ffmpeg', '-version'];
  try {
    const { stdout, stderr } = await run(program, [option], { timeout: 5_000 });
    return [ok('camera program', firstLine(stdout || stderr) || program)];
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      return [
        fail('camera program', `${program} is not installed`, `Install it: \`apt install ${program}\`.`),
      ];
    }
    // fswebcam tells its version and ends with 255.
    if (code !== 127 && stderr.startsWith(program)) return [ok('camera program', firstLine(stderr))];
    const remedy = `Reinstall it: \`apt install --reinstall ${program}\`.`;
    return [
      fail('camera program', `${program} does not start: ${firstLine(stderr || messageOf(error))}`, remedy),
    ];
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The device file of a local camera; nothing for cameras without one. */
export async function checkDevice({ kind, webcam, ffmpeg }: Settings['camera']): Promise<Finding[]> {
  const device = kind === 'webcam' ? webcam.device : kind === 'ffmpeg' ? ffmpeg.input : '';
  if (!device.startsWith('/dev/')) return [];
  try {
    await access(device, constants.F_OK);
  } catch {
    const remedy =
      'Plug the camera in and see `ls /dev/video*`; then set the device, or choose another `camera.kind`.';
    return [fail('camera device', `${device} does not exist`, remedy)];
  }
  try {
    // Video4Linux wants both, to set the format.
    await access(device, constants.R_OK | constants.W_OK);
    return [ok('camera device', `${device}: readable`)];
  } catch {
    const remedy = 'Add the user to the group `video`: `sudo usermod -aG video $USER`, then log in again.';
    return [fail('camera device', `${device}: permission denied`, remedy)];
  }
}

/** Long enough for a camera's first picture, short enough to wait for. */
const LONGEST_WAIT_MS = 20_000;

/** Takes a picture as the daemon does, and looks at it. */
export async function checkPicture({ camera, vision, gates }: Settings): Promise<Finding> {
  const name = 'camera picture';
  if (camera.kind === 'directory' && camera.directory.watch) {
    return ok(name, `pictures are taken as they arrive in ${camera.directory.path}`);
  }
  const waitMs = Math.min(camera.timeoutMs, LONGEST_WAIT_MS);
  const start = performance.now();
  try {
    const source = createSource(camera, { clock: systemClock, log: pino({ level: 'silent' }) });
    try {
      const { bytes, origin } = await source.grab(AbortSignal.timeout(waitMs));
      const took = Math.round(performance.now() - start);
      const whole = { name: 'whole', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 1, rows: 1, overlap: 0 } };
      const { width, height, preview } = await readTiles(bytes, [whole], 224, vision);
      const detail = `${origin}: ${width} × ${height} pixels, ${bytes.length} bytes, in ${took} ms`;
      const visibility = judgeQuality(measureQuality(preview), gates);
      if (visibility === 'ok') return ok(name, detail);
      const remedy = 'Is it night, or the lens covered or dirty? Until that ends the activity is unknown.';
      return warn(name, `${detail}, ${visibility}`, remedy);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return failed(
        name,
        new SurfwatchError('camera-timeout', `${camera.kind}: no picture within ${waitMs} ms`),
      );
    }
    if (error instanceof EndOfFrames)
      return fail(name, error.message, 'Give the camera a source that does not end, or loop it.');
    return failed(name, error);
  }
}
