/** How warm the processor is, and whether it is slowed down for it. */
import { join } from 'node:path';
import { devices, numberOf, textOf } from './kernel-files.ts';

/** Zones of the processor by their type: `cpu-thermal` on a Raspberry Pi, others on other boards and on PCs. */
const OF_PROCESSOR = /^(cpu|soc|x86_pkg_temp|coretemp|k10temp|bcm2835)/i;
/** Zones that are sensors of something else. */
const OF_OTHERS = /gpu|battery|bat\d|wifi|iwl|pch|nvme|charger|skin/i;

/**
 * In °C: of the warmest zone of the processor, else of the first zone that is of nothing else; null without any.
 *
 * @see https://docs.kernel.org/driver-api/thermal/sysfs-api.html
 */
export async function temperatureC(sys: string): Promise<number | null> {
  const zones = await Promise.all(
    (await devices(join(sys, 'class/thermal'), 'thermal_zone')).map(async zone => ({
      type: (await textOf(zone, 'type')) ?? '',
      millidegrees: await numberOf(zone, 'temp'),
    })),
  );
  const known = zones.flatMap(({ type, millidegrees }) =>
    millidegrees === null || OF_OTHERS.test(type) ? [] : [{ type, celsius: millidegrees / 1000 }],
  );
  const ofProcessor = known.filter(({ type }) => OF_PROCESSOR.test(type)).map(({ celsius }) => celsius);
  if (ofProcessor.length > 0) return Math.max(...ofProcessor);
  return known[0]?.celsius ?? null;
}

/** Whether the kernel keeps the processor below its full speed to cool it; null where it does not tell. */
export async function isCooled(sys: string): Promise<boolean | null> {
  const states = await Promise.all(
    (await devices(join(sys, 'class/thermal'), 'cooling_device')).map(async device =>
      /cpufreq|^Processor$/i.test((await textOf(device, 'type')) ?? '')
        ? numberOf(device, 'cur_state')
        : null,
    ),
  );
  const known = states.filter(state => state !== null);
  return known.length === 0 ? null : known.some(state => state > 0);
}
