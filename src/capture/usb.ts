/** What sysfs tells about video devices: their names, and the USB port behind them. */
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Where the kernel shows its devices. */
export const SYSFS = '/sys';

export interface VideoDevice {
  /** `/dev/video0`. */
  readonly path: string;
  /** As its driver calls it. */
  readonly name: string;
  /** Its USB device, `1-1.3`; undefined for what is built in. */
  readonly usb: string | undefined;
}

/** The devices that give pictures, by number; not those that only carry the data about them. */
export async function videoDevices(sysfs = SYSFS): Promise<VideoDevice[]> {
  const folder = join(sysfs, 'class/video4linux');
  const entries = await readdir(folder).catch(() => []);
  const names = entries.filter(entry => /^video\d+$/.test(entry));
  names.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  const devices: VideoDevice[] = [];
  for (const entry of names) {
    const about = async (file: string) =>
      (await readFile(join(folder, entry, file), 'utf8').catch(() => '')).trim();
    const usb = basename((await usbFolder(entry, sysfs)) ?? '');
    // A UVC camera has a second device, index 1, for metadata.
    if (usb !== '' && (await about('index')) !== '0') continue;
    devices.push({
      path: `/dev/${entry}`,
      name: (await about('name')) || 'without a name',
      usb: usb || undefined,
    });
  }
  return devices;
}

/**
 * How the port of a USB camera can be reset, for a message; undefined where it is not on USB.
 *
 * @param device `/dev/video0`, or a link to it.
 */
export async function usbResetAdvice(device: string, sysfs = SYSFS): Promise<string | undefined> {
  const entry = basename(await realpath(device).catch(() => device));
  const folder = await usbFolder(entry, sysfs);
  if (folder === undefined) return undefined;
  const port = basename(folder);
  // 1-1.3 hangs on port 3 of the hub 1-1, and 1-2 on port 2 of the root hub 1.
  const cut = Math.max(port.lastIndexOf('.'), port.lastIndexOf('-'));
  const hub = port.slice(0, cut);
  const authorized = join(sysfs, 'bus/usb/devices', port, 'authorized');
  return (
    `unplug the camera and plug it in again, or reset USB device ${port}: ` +
    `\`echo 0 | sudo tee ${authorized}; echo 1 | sudo tee ${authorized}\`; ` +
    `where its hub switches power, \`sudo uhubctl -l ${hub} -p ${port.slice(cut + 1)} -a cycle\``
  );
}

/** The folder of the USB device a video device belongs to: the nearest one above it that can be authorized. */
async function usbFolder(entry: string, sysfs: string): Promise<string | undefined> {
  let folder = await realpath(join(sysfs, 'class/video4linux', entry, 'device')).catch(() => undefined);
  for (; folder !== undefined && folder.length > sysfs.length; folder = dirname(folder)) {
    if (!/^\d+-\d+(?:\.\d+)*$/.test(basename(folder))) continue;
    const known = await access(join(folder, 'authorized')).then(
      () => true,
      () => false,
    );
    if (known) return folder;
  }
  return undefined;
}
