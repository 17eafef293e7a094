/** The camera of the config: its program, its device, and one picture. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import pino from 'pino';
import { systemClock } from '../../base/clock.ts';
import { createSource } from '../../capture/create.ts';
import { RPICAM_PROGRAMS } from '../../capture/rpicam.ts';
import { type CameraKind, EndOfFrames } from '../../capture/source.ts';
import { SYSFS } from '../../capture/usb.ts';
import type { Settings } from '../../config/settings.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { decodeFrame, PICTURE_LIMITS } from '../../vision/decode.ts';
import { judgeQuality, measureQuality } from '../../vision/quality.ts';
import { checkRibbon, listConnected } from './connected-cameras.ts';
import { type Finding, fail, failed, ok, warn } from './finding.ts';

const run = promisify(execFile);

interface Needed {
  /** Its names, the newest first. */
  readonly programs: readonly [string, ...string[]];
  readonly option: string;
  /** Package of Debian or Raspberry Pi OS. */
  readonly apt: string;
}

const NEEDED: Readonly<Partial<Record<CameraKind, Needed>>> = {
  webcam: { programs: ['fswebcam'], option: '--version', apt: 'fswebcam' },
  ffmpeg: { programs: ['ffmpeg'], option: '-version', apt: 'ffmpeg' },
  rpicam: { programs: RPICAM_PROGRAMS, option: '--version', apt: 'rpicam-apps-lite' },
};

/** The program the camera's kind needs; nothing for the kinds that need none. */
export async function checkCameraProgram({ kind }: Settings['camera']): Promise<Finding[]> {
  const needed = NEEDED[kind];
  if (needed === undefined) return [];
  for (const program of needed.programs) {
    const finding = await checkProgram(program, needed);
    if (finding !== undefined) return [finding];
  }
  const remedy = `Install it: \`apt install ${needed.apt}\`.`;
  return [fail('camera program', `${needed.programs[0]} is not installed`, remedy)];
}

/** Undefined where it is not installed. */
async function checkProgram(program: string, { option, apt }: Needed): Promise<Finding | undefined> {
  try {
    const { stdout, stderr } = await run(program, [option], { timeout: 5_000 });
    return ok('camera program', firstLine(stdout || stderr) || program);
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return undefined;
    // fswebcam tells its version and ends with 255.
    if (code !== 127 && stderr.startsWith(program)) return ok('camera program', firstLine(stderr));
    const remedy = `Reinstall it: \`apt install --reinstall ${apt}\`.`;
    return fail(
      'camera program',
      `${program} does not start: ${firstLine(stderr || messageOf(error))}`,
      remedy,
    );
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The device of a local camera, and what cameras there are; nothing for cameras elsewhere. */
export async function checkDevice(camera: Settings['camera'], sysfs = SYSFS): Promise<Finding[]> {
  const { kind, webcam, ffmpeg } = camera;
  if (kind === 'rpicam') return [await checkRibbon(camera.rpicam.camera)];
  const device = kind === 'webcam' ? webcam.device : kind === 'ffmpeg' ? ffmpeg.input : '';
  if (!device.startsWith('/dev/')) return [];
  return [await listConnected(sysfs), await checkDeviceFile(device)];
}

async function checkDeviceFile(device: string): Promise<Finding> {
  try {
    await access(device, constants.F_OK);
  } catch {
    const remedy =
      'Plug the camera in and see `ls /dev/video*`; then set the device, or choose another `camera.kind`.';
    return fail('camera device', `${device} does not exist`, remedy);
  }
  try {
    // Video4Linux wants both, to set the format.
    await access(device, constants.R_OK | constants.W_OK);
    return ok('camera device', `${device}: readable`);
  } catch {
    const remedy = 'Add the user to the group `video`: `sudo usermod -aG video $USER`, then log in again.';
    return fail('camera device', `${device}: permission denied`, remedy);
  }
}

/** Long enough for a camera's first picture, short enough to wait for. */
const LONGEST_WAIT_MS = 20_000;

/** What a look through the camera found, and the picture where there is one. */
export interface CheckedPicture {
  readonly finding: Finding;
  readonly bytes?: Buffer;
}

/** Takes a picture as the daemon does, and looks at it. */
export async function checkPicture({ camera, gates }: Settings): Promise<CheckedPicture> {
  const name = 'camera picture';
  if (camera.kind === 'directory' && camera.directory.watch) {
    return { finding: ok(name, `pictures are taken as they arrive in ${camera.directory.path}`) };
  }
  const waitMs = Math.min(camera.timeoutMs, LONGEST_WAIT_MS);
  const start = performance.now();
  try {
    const source = createSource(camera, { clock: systemClock, log: pino({ level: 'silent' }) });
    try {
      const { bytes, origin } = await source.grab(AbortSignal.timeout(waitMs));
      const took = Math.round(performance.now() - start);
      const { frame, picture } = await decodeFrame(bytes, PICTURE_LIMITS);
      const detail = `${origin}: ${frame.width} × ${frame.height} pixels, ${bytes.length} bytes, in ${took} ms`;
      const visibility = judgeQuality(measureQuality(picture), gates);
      if (visibility === 'ok') return { finding: ok(name, detail), bytes };
      const remedy = 'Is it night, or the lens covered or dirty? Until that ends the activity is unknown.';
      return { finding: warn(name, `${detail}, ${visibility}`, remedy), bytes };
    } finally {
      await source.close();
    }
  } catch (error) {
    return { finding: pictureFault(error, camera.kind, waitMs) };
  }
}

function pictureFault(error: unknown, kind: CameraKind, waitMs: number): Finding {
  const name = 'camera picture';
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return failed(name, new SurfwatchError('camera-timeout', `${kind}: no picture within ${waitMs} ms`));
  }
  if (error instanceof EndOfFrames)
    return fail(name, error.message, 'Give the camera a source that does not end, or loop it.');
  return failed(name, error);
}
