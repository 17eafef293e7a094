/** Whether the supply of a Raspberry Pi holds its voltage. */
import { join } from 'node:path';
import { devices, numberOf, textOf } from './kernel-files.ts';
import { isCooled } from './thermal.ts';

export interface Power {
  /** The supply's voltage is, or was within the last seconds, too low. Null where the kernel does not tell. */
  readonly undervoltage: boolean | null;
  /** The processor runs slower than it could, for heat or a lack of power. Null where the kernel does not tell. */
  readonly throttled: boolean | null;
}

/** Where Raspberry Pi kernels before 4.19 put the word of the firmware, in hexadecimal without `0x`. */
const FIRMWARE_WORD = 'devices/platform/soc/soc:firmware/get_throttled';
const UNDERVOLTAGE = 0x1;
const CAPPED_OR_THROTTLED = 0x6;

/**
 * From the driver `rpi_volt` (https://docs.kernel.org/hwmon/raspberrypi-hwmon.html). The older file of the firmware is read
 * only where there is no such driver: reading it writes a warning with a stack into the kernel's log
 * (raspberrypi/linux#2706).
 */
export async function power(sys: string): Promise<Power> {
  const cooled = await isCooled(sys);
  for (const device of await devices(join(sys, 'class/hwmon'), 'hwmon')) {
    if ((await textOf(device, 'name')) !== 'rpi_volt') continue;
    const alarm = await numberOf(device, 'in0_lcrit_alarm');
    return { undervoltage: alarm === null ? null : alarm !== 0, throttled: cooled };
  }
  const text = await textOf(sys, FIRMWARE_WORD);
  if (text === null || !/^(0x)?[0-9a-f]+$/i.test(text)) return { undervoltage: null, throttled: cooled };
  const word = Number.parseInt(text, 16);
  return {
    undervoltage: (word & UNDERVOLTAGE) !== 0,
    throttled: (word & CAPPED_OR_THROTTLED) !== 0 || cooled === true,
  };
}
