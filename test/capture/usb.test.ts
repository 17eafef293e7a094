import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { usbResetAdvice, videoDevices } from '../../src/capture/usb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A sysfs as a Raspberry Pi 4 shows it: two cameras on hubs, one on the root hub, a codec and a ribbon camera's receiver. */
async function sysfs(): Promise<string> {
  const root = await temporaryFolder();
  const host = 'devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1';
  const put = async (path: string, text: string) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  };
  const video = async (number: number, parent: string, name: string, index = 0) => {
    const own = `${parent}/video4linux/video${number}`;
    await put(`${own}/name`, name);
    await put(`${own}/index`, String(index));
    await symlink(join(root, parent), join(root, own, 'device'));
    await symlink(join(root, own), join(root, `class/video4linux/video${number}`));
  };
  await mkdir(join(root, 'class/video4linux'), { recursive: true });
  await put(`${host}/authorized`, '1');
  await put(`${host}/1-1/authorized`, '1');
  await put(`${host}/1-1/1-1.3/authorized`, '1');
  await put(`${host}/1-2/authorized`, '1');
  await video(0, `${host}/1-1/1-1.3/1-1.3:1.0`, 'HD Pro Webcam C920');
  await video(1, `${host}/1-1/1-1.3/1-1.3:1.0`, 'HD Pro Webcam C920', 1);
  await video(2, `${host}/1-2/1-2:1.0`, 'USB 2.0 Camera');
  await video(10, 'devices/platform/bcm2835-codec', 'bcm2835-codec-decode');
  await video(14, 'devices/platform/soc/fe801000.csi', 'unicam-image');
  await put('class/video4linux/v4l-subdev0/name', 'imx219');
  return root;
}

describe('the devices', () => {
  test('are listed with their names and USB ports, without those for metadata', async () => {
    expect(await videoDevices(await sysfs())).toEqual([
      { path: '/dev/video0', name: 'HD Pro Webcam C920', usb: '1-1.3' },
      { path: '/dev/video2', name: 'USB 2.0 Camera', usb: '1-2' },
      { path: '/dev/video10', name: 'bcm2835-codec-decode', usb: undefined },
      { path: '/dev/video14', name: 'unicam-image', usb: undefined },
    ]);
  });

  test('there are none where the kernel knows none', async () => {
    expect(await videoDevices(await temporaryFolder())).toEqual([]);
  });
});

describe('the advice to reset', () => {
  test('names the very port, behind a hub and on the root hub', async () => {
    const root = await sysfs();
    expect(await usbResetAdvice('/dev/video0', root)).toContain(
      `echo 0 | sudo tee ${root}/bus/usb/devices/1-1.3/authorized; echo 1 | sudo tee`,
    );
    expect(await usbResetAdvice('/dev/video0', root)).toContain('uhubctl -l 1-1 -p 3 -a cycle');
    expect(await usbResetAdvice('/dev/video2', root)).toContain('uhubctl -l 1 -p 2 -a cycle');
  });

  test('follows a link of udev', async () => {
    const link = join(await temporaryFolder(), 'beach');
    await writeFile(join(link, '..', 'video2'), '');
    await symlink(join(link, '..', 'video2'), link);
    expect(await usbResetAdvice(link, await sysfs())).toContain('USB device 1-2:');
  });

  test('is not given for what is not on USB', async () => {
    const root = await sysfs();
    for (const device of ['/dev/video10', '/dev/video99', 'test:', 'file:/x.jpg']) {
      expect(await usbResetAdvice(device, root)).toBeUndefined();
    }
  });
});
