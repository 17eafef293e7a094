/** The unit files as this computer needs them, from those that are shipped. */
import { commandLine, isInHome, type Program } from './program.ts';

export interface UnitChoices {
  readonly program: Program;
  /** Version of systemd, 252 for Debian 12. */
  readonly systemd: number;
  /** `HH:MM` of the nightly retraining. */
  readonly retrainAt?: string;
}

const RELOAD_SINCE = 253;
const BACK_OFF_SINCE = 254;
const SHIPPED_NOTIFY = '/usr/bin/perl /usr/lib/surfwatch/systemd/notify-exec ';
const SHIPPED_COMMAND = '/usr/bin/node /usr/lib/surfwatch/scripts/surfwatch.js';

/** @param shipped the text of a file in `systemd/` */
export function renderUnit(shipped: string, { program, systemd, retrainAt }: UnitChoices): string {
  let text = shipped
    .replace(SHIPPED_NOTIFY + SHIPPED_COMMAND, () => commandLine(program, true))
    .replace(SHIPPED_COMMAND, () => commandLine(program, false))
    .replaceAll('/usr/lib/surfwatch/docs/', () => `${program.packageRoot.replaceAll('%', '%%')}/docs/`);
  if (program.perl === undefined) text = text.replace('NotifyAccess=main', 'NotifyAccess=all');
  if (isInHome(program)) text = text.replace('ProtectHome=yes', 'ProtectHome=read-only');
  // systemd then waits until the reload is complete.
  if (systemd >= RELOAD_SINCE)
    text = text.replace('Type=notify\n', 'Type=notify-reload\n').replace(/^ExecReload=.*\n/m, '');
  if (systemd >= BACK_OFF_SINCE)
    text = text.replace(/^RestartSec=.*$/m, '$&\nRestartSteps=6\nRestartMaxDelaySec=10min');
  if (retrainAt !== undefined) text = text.replace(/^OnCalendar=.*$/m, `OnCalendar=*-*-* ${retrainAt}:00`);
  return text;
}

/** From `systemctl --version`; undefined where that is not systemd's. */
export function systemdVersion(output: string): number | undefined {
  const version = /^systemd (\d+)/.exec(output)?.[1];
  return version === undefined ? undefined : Number(version);
}
