/** Which cameras are connected to this computer. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RPICAM_PROGRAMS } from '../../capture/rpicam.ts';
import { type VideoDevice, videoDevices } from '../../capture/usb.ts';
import { type Finding, fail, ok } from './finding.ts';

const run = promisify(execFile);
const NAME = 'cameras';

/** The USB cameras, each with its device, and whether a ribbon camera is there. */
export async function listConnected(sysfs: string): Promise<Finding> {
  const devices = await videoDevices(sysfs);
  const usb = devices.filter(device => device.usb !== undefined);
  const parts = usb.map(({ path, name, usb: port }) => `${path} ${name} (USB ${port})`);
  if (usb.length === 0) parts.push('no USB camera');
  if (devices.some(isRibbonReceiver)) parts.push('a ribbon camera (`camera.kind` "rpicam")');
  return ok(NAME, parts.join('; '));
}

// The receivers of the Raspberry Pi 0 to 4 and of the 5; they are only there where a sensor is.
function isRibbonReceiver({ name }: VideoDevice): boolean {
  return /^(?:unicam|rp1-cfe)/.test(name);
}

/** Whether the ribbon camera of that number is there, and what others are. */
export async function checkRibbon(camera: number): Promise<Finding> {
  const said = await listCameras();
  // "0 : imx708 [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx708@1a)"
  const found = [...said.matchAll(/^\s*(\d+) : (.+?)(?: \(\/.*)?$/gm)].map(([, index = '', about = '']) => ({
    index: Number(index),
    about,
  }));
  const list = found.map(({ index, about }) => `${index}: ${about}`).join('; ');
  if (found.some(({ index }) => index === camera)) return ok(NAME, list);
  const remedy =
    found.length === 0
      ? 'With the power off, check both ends of the ribbon cable; then see `rpicam-vid --list-cameras` and `dmesg`.'
      : 'Set `camera.rpicam.camera` to one of these numbers.';
  return fail(
    NAME,
    found.length === 0 ? 'no ribbon camera answers' : `no camera ${camera}, but ${list}`,
    remedy,
  );
}

/** What the program lists; nothing where it does not run, which is another check's finding. */
async function listCameras(): Promise<string> {
  for (const program of RPICAM_PROGRAMS) {
    const said = await run(program, ['--list-cameras'], { timeout: 10_000 }).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
    if (said !== undefined) return said;
  }
  return '';
}
