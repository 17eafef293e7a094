/** Settings of the history, of how the board is looked after, and of the figures for Prometheus. */
import type { SettingTree } from '../setting.ts';

export const historySchema = {
  enabled: {
    doc: 'Count the minutes of each activity, hour by hour, in `history.db` of `stateDir`: for `surfwatch history` and the topic `stats/hourly`.',
    format: 'switch',
    default: true,
  },
  keep: {
    doc: 'Hours and sessions older than this are deleted.',
    format: 'duration',
    default: '3650d',
    min: 86_400_000,
  },
} as const satisfies SettingTree;

export const monitorSchema = {
  minFree: {
    doc: 'The alert `disk-full` is raised if fewer bytes than this are free on the disk of the state folder.',
    format: 'bytes',
    default: 200_000_000,
  },
  hot: {
    doc: 'Temperature of the processor, in °C, from which the alert `board-hot` is raised.',
    format: 'decimal',
    default: 80,
    min: 30,
    max: 150,
  },
} as const satisfies SettingTree;

export const metricsSchema = {
  token: {
    doc: 'Token with which a program reads `/metrics`, `/healthz` and `/readyz` of the page without a login, as `Authorization: Bearer TOKEN`. Programs on this computer need none.',
    format: 'text',
    default: null,
    none: 'omit',
    noneMeans: 'none',
    sensitive: true,
  },
  textfile: {
    doc: 'File for the textfile collector of node_exporter, `….prom`; its folder must exist.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none',
  },
} as const satisfies SettingTree;
