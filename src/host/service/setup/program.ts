/** Which program the service starts, and whether it can. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute paths. */
export interface Program {
  readonly node: string;
  readonly script: string;
  /** Folder of this package. */
  readonly packageRoot: string;
  /** Perl, which opens the socket for messages to systemd; `undefined` where there is none. */
  readonly perl: string | undefined;
}

const PERL = '/usr/bin/perl';

/** @param node the program that runs this process */
export function programOf(node: string, packageRoot: string): Program {
  return {
    node,
    script: join(packageRoot, 'scripts', 'surfwatch.js'),
    packageRoot,
    perl: existsSync(PERL) ? PERL : undefined,
  };
}

/** The command before `run` and its options. */
export function commandLine({ node, script, packageRoot, perl }: Program, notify: boolean): string {
  const launcher = notify && perl !== undefined ? [perl, join(packageRoot, 'systemd', 'notify-exec')] : [];
  return [...launcher, node, script].map(quoted).join(' ');
}

/** What would keep the service from starting, now or later. */
export function programWarnings({ node, script, perl }: Program): string[] {
  const warnings: string[] = [];
  for (const [what, path] of [
    ['Node.js', node],
    ['surfwatch', script],
  ] as const) {
    if (/^\/(home|root)\//.test(path))
      warnings.push(
        `${what} is at ${path}, in a home: the user surfwatch must be let in there (chmod o+x), and the service breaks when it is moved. Better install it system-wide.`,
      );
  }
  if (/\/(\.nvm|\.fnm|\.volta|\.asdf|n\/versions)\//.test(node))
    warnings.push(
      `${node} belongs to a version manager and goes with that version; run this command again then.`,
    );
  if (perl === undefined)
    warnings.push(`${PERL} is missing: systemd-notify is started for each message to systemd instead.`);
  return warnings;
}

/** Whether `ProtectHome` has to be loosened. */
export function isInHome({ node, script }: Program): boolean {
  return [node, script].some(path => /^\/(home|root)\//.test(path));
}

/** For a unit file: `%` and `$` mean something there. */
function quoted(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replaceAll(/["\\]/g, '\\$&')}"` : escaped;
}
