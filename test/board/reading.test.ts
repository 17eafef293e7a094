import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNEL_ROOTS } from '../../src/board/kernel-files.ts';
import { LoopDelayMeter } from '../../src/board/monitor.ts';
import { readHost } from '../../src/board/reading.ts';
import { kernelTree, PI_4 } from './tree.ts';

const STATE = import.meta.dirname;

async function reading(files: Readonly<Record<string, string>>) {
  return readHost(await kernelTree(files), STATE);
}

describe('what the kernel tells', () => {
  it('is read on a Raspberry Pi 4', async () => {
    const { disk, ...rest } = await reading(PI_4);
    expect(rest).toEqual({
      temperatureC: 54.53,
      load: 0.42,
      memory: { availableBytes: 1310720 * 1024, totalBytes: 1887944 * 1024, swapUsedBytes: 1024 * 1024 },
      wear: [],
      writtenBytes: 12582912 - 4096,
      undervoltage: false,
      throttled: false,
    });
    expect(disk?.freeBytes).toBeGreaterThan(0);
    expect(disk?.sizeBytes).toBeGreaterThan(disk?.freeBytes ?? 0);
  });

  it('is unknown, not an error, where there is nothing', async () => {
    expect(await reading({})).toMatchObject({
      temperatureC: null,
      load: null,
      memory: null,
      wear: [],
      writtenBytes: null,
      undervoltage: null,
      throttled: null,
    });
  });

  it('is unknown where the files say something else', async () => {
    const broken = Object.fromEntries(
      Object.keys(PI_4).map(name => [name, 'Resource temporarily unavailable']),
    );
    expect(await reading(broken)).toMatchObject({
      temperatureC: null,
      load: null,
      memory: null,
      writtenBytes: null,
    });
  });

  it('is read from the real kernel', async () => {
    const { load, memory, writtenBytes, temperatureC } = await readHost(KERNEL_ROOTS, STATE);
    expect(load).toBeGreaterThanOrEqual(0);
    expect(memory?.availableBytes).toBeLessThanOrEqual(memory?.totalBytes ?? 0);
    for (const number of [writtenBytes, temperatureC]) expect(number === null || number >= 0).toBe(true);
  });

  it('knows the room for a folder that is not there yet', async () => {
    const { disk } = await readHost(await kernelTree({}), join(STATE, 'not', 'yet'));
    expect(disk?.sizeBytes).toBeGreaterThan(0);
  });
});

describe('the temperature', () => {
  const zone = (number: number, type: string, millidegrees: string) => ({
    [`sys/class/thermal/thermal_zone${number}/type`]: type,
    [`sys/class/thermal/thermal_zone${number}/temp`]: millidegrees,
  });

  it('is that of the processor, whatever zone it is', async () => {
    const files = {
      ...zone(0, 'gpu-thermal', '71000'),
      ...zone(1, 'acpitz', '27800'),
      ...zone(2, 'cpu-thermal', '55000'),
    };
    expect(await reading(files)).toMatchObject({ temperatureC: 55 });
  });

  it('is the highest of several clusters', async () => {
    const files = { ...zone(0, 'cpu0-thermal', '48000'), ...zone(1, 'cpu1-thermal', '62500') };
    expect(await reading(files)).toMatchObject({ temperatureC: 62.5 });
  });

  it('is that of the machine where no zone is named after the processor', async () => {
    expect(await reading({ ...zone(0, 'BAT0', '31000'), ...zone(10, 'acpitz', '40000') })).toMatchObject({
      temperatureC: 40,
    });
  });

  it('can be below zero', async () => {
    expect(await reading(zone(0, 'cpu-thermal', '-4200'))).toMatchObject({ temperatureC: -4.2 });
  });
});

describe('the power supply', () => {
  const old = 'sys/devices/platform/soc/soc:firmware/get_throttled';

  it('is told by rpi_volt, and the deprecated file of the firmware is left alone', async () => {
    const files = { ...PI_4, 'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1', [old]: '0' };
    expect(await reading(files)).toMatchObject({ undervoltage: true, throttled: false });
    expect(await reading({ ...PI_4, [old]: '50005' })).toMatchObject({
      undervoltage: false,
      throttled: false,
    });
  });

  it.each([
    ['0', false, false],
    ['50005', true, true],
    ['0x1', true, false],
    ['2', false, true],
    // Both have occurred, and are over.
    ['50000', false, false],
  ])('is told by the word %s of the firmware on an old kernel', async (word, undervoltage, throttled) => {
    expect(await reading({ [old]: word })).toMatchObject({ undervoltage, throttled });
  });

  it('is not taken from a voltage sensor of something else', async () => {
    const files = { 'sys/class/hwmon/hwmon0/name': 'ina219', 'sys/class/hwmon/hwmon0/in0_lcrit_alarm': '1' };
    expect(await reading(files)).toMatchObject({ undervoltage: null });
  });

  it('leaves a processor slow that is being cooled', async () => {
    const files = { ...PI_4, 'sys/class/thermal/cooling_device0/cur_state': '2' };
    expect(await reading(files)).toMatchObject({ throttled: true });
  });
});

describe('wear', () => {
  const emmc = (life: string, reserve: string) => ({
    'sys/block/mmcblk1/device/life_time': life,
    'sys/block/mmcblk1/device/pre_eol_info': reserve,
    'sys/block/mmcblk0/device/type': 'SD',
    'sys/block/sda/device/model': 'Disk',
  });

  it.each([
    ['0x01 0x02', '0x01', 0.2, 'normal'],
    ['0x0b 0x03', '0x03', 1.1, 'urgent'],
    ['0x00 0x09', '0x02', 0.9, 'warning'],
    ['0x00 0x00', '0x02', null, 'warning'],
    ['0x04 0x05', '0x00', 0.5, null],
  ])('of an eMMC with %s and %s', async (life, eol, used, reserve) => {
    expect((await reading(emmc(life, eol))).wear).toEqual([{ device: 'mmcblk1', used, reserve }]);
  });

  it('is not known where the device leaves it undefined', async () => {
    expect((await reading(emmc('0x00 0x00', '0x00'))).wear).toEqual([]);
  });
});

describe('the delay of the event loop', () => {
  it('shows that something held it up, and begins anew', async () => {
    const meter = new LoopDelayMeter();
    meter.start();
    await new Promise(resolve => setTimeout(resolve, 60));
    const end = performance.now() + 150;
    while (performance.now() < end);
    await new Promise(resolve => setTimeout(resolve, 60));
    expect(meter.take()?.maxMs).toBeGreaterThan(100);
    expect(meter.take()).toBeNull();
    meter.stop();
  });
});
