/** Settings of the history, of how the board is looked after, and of the figures for Prometheus. */
import type { SettingTree } from '../setting.ts';

export const historySchema = {
  keep: {
    doc: 'Hours and sessions of `history.db` in `stateDir` are deleted when they are older than this: they are what `surfwatch history` and the topic `stats/hourly` show.',
    format: 'duration',
    default: '3650d',
    min: 86_400_000,
  },
} as const satisfies SettingTree;

export const monitorSchema = {
  minFree: {
    doc: 'The alert `disk-full` is raised if fewer bytes than this are free on the disk of the state folder. With less than two and a half times as much, no frame is kept for learning.',
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
