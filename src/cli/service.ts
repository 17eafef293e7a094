/** `surfwatch service`: installs the daemon as a service of systemd, removes it, and says how it is. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { PACKAGE_ROOT } from '../base/paths.ts';
import { isName } from '../config/name.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { installSteps, uninstallSteps } from '../host/service/setup/plan.ts';
import { programOf, programWarnings } from '../host/service/setup/program.ts';
import { type ServiceStatus, serviceStatus } from '../host/service/setup/status.ts';
import { describeStep, doSteps, type Run, type Step } from '../host/service/setup/steps.ts';
import { lookAround, type Surroundings } from '../host/service/setup/surroundings.ts';
import { systemdVersion } from '../host/service/setup/units.ts';
import { EXIT } from './exit.ts';
import { printTable } from './table.ts';

interface WhereFlags {
  readonly instance?: string;
  readonly root: string;
}

interface ChangeFlags extends WhereFlags {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export function serviceCommand(): Command {
  const command = new Command('service').description('run the daemon as a systemd service');
  command.addCommand(installCommand());
  command.addCommand(uninstallCommand());
  command.addCommand(statusCommand());
  return command;
}

function installCommand(): Command {
  return changing(new Command('install'))
    .description(
      'install, enable and start the service; run it again after an upgrade of surfwatch or Node.js',
    )
    .option('--nightly-retrain <time>', 'also retrain on the labels every night at HH:MM', clockTime)
    .addHelpText('after', INSTALL_HELP)
    .action(async (flags: ChangeFlags & { readonly nightlyRetrain?: string }) => {
      const around = await surroundings(flags);
      for (const warning of programWarnings(around.program)) console.error(`warning: ${warning}`);
      await carryOut(installSteps(around, flags.nightlyRetrain), flags);
      if (!flags.dryRun) sayInstalled(around);
    });
}

const INSTALL_HELP = `
Creates the user surfwatch, the unit with this copy of Node.js and surfwatch, and /etc/surfwatch/config.json if it does not
exist. It does not touch an existing config. If a step fails, it undoes the steps before it. You can run it again at any time.

Examples:
  $ surfwatch service install --dry-run
  $ sudo surfwatch service install
  $ sudo surfwatch service install --nightly-retrain 03:30
  $ sudo surfwatch service install --instance north-pier
`;

function uninstallCommand(): Command {
  return changing(new Command('uninstall'))
    .description('stop and remove the service; config and state stay')
    .option('--purge', 'also delete its config and its state: labels, heads, history', false)
    .addHelpText('after', UNINSTALL_HELP)
    .action(async (flags: ChangeFlags & { readonly purge: boolean }) => {
      const around = await surroundings(flags);
      await carryOut(uninstallSteps(around, flags), flags);
      if (flags.dryRun || flags.purge) return;
      console.log(`kept: ${around.layout.configPath}, ${around.layout.statePath}`);
    });
}

const UNINSTALL_HELP = `
Examples:
  $ sudo surfwatch service uninstall
  $ sudo surfwatch service uninstall --instance north-pier --purge --yes
`;

function statusCommand(): Command {
  return located(new Command('status'))
    .description('show the state of the service, and how often it was restarted')
    .option('--json', 'answer with one JSON array', false)
    .addHelpText('after', STATUS_HELP)
    .action(async ({ instance, root, json }: WhereFlags & { readonly json: boolean }) => {
      const all = await serviceStatus(resolve(root), instance, root === '/' && isBooted(), runProgram);
      if (json) console.log(JSON.stringify(all));
      else printStatus(all);
      if (all.some(({ active, installed }) => !installed || active === 'failed'))
        process.exitCode = EXIT.failure;
    });
}

const STATUS_HELP = `
Exit status: 0 installed and not failed, 1 otherwise. surfwatch status says what the daemon sees and has learnt.

Examples:
  $ surfwatch service status
  $ surfwatch service status --json | jq '.[0].restarts'
`;

function located(command: Command): Command {
  return command
    .option('--instance <name>', 'one of several daemons on this board, with its own config and state', name)
    .option('--root <dir>', 'root of a mounted file system, such as a card to be written', '/');
}

function changing(command: Command): Command {
  return located(command)
    .option('-n, --dry-run', 'only show every file with its content, and every command', false)
    .option('-y, --yes', 'overwrite and delete without asking', false);
}

/** @throws SurfwatchError `service-unsupported`, `service-needs-root` */
async function surroundings(flags: ChangeFlags): Promise<Surroundings> {
  const { instance, dryRun } = flags;
  const systemd = systemdVersion(await runProgram('systemctl', ['--version']).catch(() => ''));
  if (systemd === undefined)
    throw new SurfwatchError('service-unsupported', 'there is no `systemctl` on this computer');
  if (!dryRun && process.getuid?.() !== 0)
    throw new SurfwatchError('service-needs-root', 'a service is installed and removed by root alone');
  const root = resolve(flags.root);
  return await lookAround({
    target: { root, ...(instance !== undefined && { instance }) },
    program: programOf(process.execPath, PACKAGE_ROOT),
    systemd,
    running: isBooted(),
  });
}

function isBooted(): boolean {
  return existsSync('/run/systemd/system');
}

async function carryOut(steps: readonly Step[], { dryRun, yes, root }: ChangeFlags): Promise<void> {
  if (dryRun) {
    for (const step of steps) show(step);
    return;
  }
  if (!yes) for (const step of steps) await ask(step);
  const say = (step: Step) => console.log(describeStep(step));
  await doSteps(steps, { root: resolve(root), run: runProgram, say });
}

function show(step: Step): void {
  console.log(describeStep(step));
  if (step.kind === 'write' && step.state !== 'same')
    console.log(step.content.replaceAll(/^(?=.)/gm, '    '));
}

/** @throws SurfwatchError `service-file-changed` where the answer is no, or nobody is there to give one */
async function ask(step: Step): Promise<void> {
  const isFolder = step.kind === 'delete' && !step.path.includes('/systemd/') && existsSync(step.path);
  if (!isFolder && !(step.kind === 'write' && step.state === 'changed')) return;
  const question = `${describeStep(step)}? [y/N] `;
  if (!process.stdin.isTTY) throw new SurfwatchError('service-file-changed', `would ${describeStep(step)}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new SurfwatchError('service-file-changed', `did not ${describeStep(step)}`);
}

function sayInstalled({ layout, booted }: Surroundings): void {
  console.log(`config   ${layout.configPath}`);
  if (booted) console.log(`log      journalctl -u ${layout.unit} -f`);
}

function printStatus(all: readonly ServiceStatus[]): void {
  const head = ['unit', 'active', 'at boot', 'retrains', 'restarts', 'memory', 'says'];
  printTable(
    head,
    all.map(status => [
      status.unit,
      activeWords(status),
      status.enabled ? 'yes' : 'no',
      status.nightlyRetrain ? 'nightly' : 'when told',
      String(status.restarts ?? '-'),
      status.memoryMB === null ? '-' : `${status.memoryMB} MB`,
      status.says ?? '-',
    ]),
  );
}

function activeWords({ installed, active, result, exitStatus }: ServiceStatus): string {
  if (!installed) return 'not installed';
  if (active === null) return '-';
  return active === 'failed' ? `failed (${result}, status ${exitStatus})` : active;
}

const execute = promisify(execFile);

/** Without a shell. What it said on stderr is the message of its failure. */
const runProgram: Run = async (program, args) => {
  try {
    const { stdout } = await execute(program, [...args]);
    return stdout.trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(stderr?.trim() || messageOf(error), { cause: error });
  }
};

function name(text: string): string {
  if (isName(text) && text !== 'config') return text;
  throw new InvalidArgumentError('It must have only a-z, 0-9 and -, and not be "config".');
}

function clockTime(text: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a time such as 03:30.');
}
