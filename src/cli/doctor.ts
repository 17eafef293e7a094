/** `surfwatch doctor`: what this machine has, what it lacks, and what to do about it. */
import { Command } from 'commander';
import { describeFault } from '../config/fault.ts';
import { type LoadedCameras, loadConfig } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { checkBroker } from '../host/doctor/broker.ts';
import { checkClock } from '../host/doctor/clock.ts';
import { type Finding, failed, ok, type Status, warn } from '../host/doctor/finding.ts';
import { checkMemory, checkNode, checkSharp, checkUser } from '../host/doctor/runtime.ts';
import { checkDisk, checkStateDir } from '../host/doctor/storage.ts';
import { colours as pc } from './colours.ts';
import { EXIT } from './exit.ts';
import { addConfigOptions, type ConfigOptions, camerasFrom } from './options.ts';

interface DoctorFlags extends ConfigOptions {
  readonly camera: boolean;
  readonly json: boolean;
}

export function doctorCommand(): Command {
  return addConfigOptions(new Command('doctor'))
    .description('check this machine; each finding comes with a remedy')
    .option('--no-camera', 'take no test picture')
    .option('--json', 'answer with one JSON object: status, findings [{name, status, detail, remedy}]', false)
    .addHelpText('after', HELP)
    .action(doctor);
}

const HELP = `
Checks Node.js, the picture library, the models, each engine (with its speed), the config, the camera, how small a rider
the model can see in its picture and how long reading one takes here, the broker, the state folder, the disk, the clock and
the user. It changes nothing. The exit status is 1 if any check fails.

Examples:
  $ surfwatch doctor
  $ surfwatch doctor --config /etc/surfwatch/config.json
  $ surfwatch doctor --no-camera --json | jq '.findings[] | select(.status != "ok")'
`;

async function doctor(flags: DoctorFlags): Promise<void> {
  const findings: Finding[] = [];
  for await (const finding of examine(flags)) {
    findings.push(finding);
    if (!flags.json) say(finding);
  }
  const status = worst(findings);
  if (flags.json) console.log(JSON.stringify({ status, findings }));
  else console.log(`\n${summary(findings)}`);
  if (status === 'fail') process.exitCode = EXIT.failure;
}

async function* examine(flags: DoctorFlags): AsyncGenerator<Finding> {
  yield checkNode();
  const pictures = await checkSharp();
  yield pictures;
  yield checkMemory();
  yield checkUser();
  const { finding, loaded } = checkConfig(flags);
  yield finding;
  const [first] = loaded?.cameras ?? [];
  // The models can be checked without a config; the rest would be about settings that nobody chose.
  let canRead = true;
  for await (const finding of guarded('models', examineModels(first?.settings ?? shippedSettings()))) {
    // Of the engines one is enough, and the finding `engine` is about that one.
    if (finding.status === 'fail' && NEEDED.includes(finding.name)) canRead = false;
    yield finding;
  }
  if (loaded === undefined || first === undefined) return;
  for (const { settings } of pictures.status === 'ok' ? loaded.cameras : []) {
    for await (const finding of guarded('camera', examineCamera(settings, flags.camera, canRead))) {
      yield loaded.isList ? { ...finding, detail: `${settings.site}: ${finding.detail}` } : finding;
    }
  }
  yield* guarded('broker', each(checkBroker(first.settings)));
  yield* guarded('state folder', one(checkStateDir(loaded.stateDir)));
  yield* guarded('disk', one(checkDisk(loaded.stateDir)));
}

/** Without these no frame can be read. */
const NEEDED = ['models', 'backbone', 'head', 'engine'];

function checkConfig(flags: ConfigOptions): { finding: Finding; loaded?: LoadedCameras } {
  try {
    const loaded = camerasFrom(flags);
    const { warnings, files } = loaded;
    if (warnings.length === 0) return { finding: ok('config', files.join(', ')), loaded };
    const remedy = 'Make the file readable by its owner alone: `chmod 600 FILE`.';
    return { finding: warn('config', warnings.map(describeFault).join('; '), remedy), loaded };
  } catch (error) {
    return { finding: failed('config', error) };
  }
}

function shippedSettings(): Settings {
  return loadConfig({ env: {}, cwd: process.cwd(), systemFile: '' }).settings;
}

// Loaded when they are due: these bring in what may not load on this machine.
async function* examineModels(settings: Settings): AsyncGenerator<Finding> {
  const { models, vision } = settings;
  const { checkBackbone, checkEngines, checkHead } = await import('../host/doctor/models.ts');
  const { finding, bundle } = await checkBackbone(models);
  yield finding;
  if (bundle === undefined) return;
  const { finding: headFinding, head } = await checkHead(settings, bundle);
  yield headFinding;
  yield* await checkEngines(bundle, vision);
  yield await checkClock(Date.now(), head === undefined ? 0 : Date.parse(head.createdAt));
}

/** @param canRead whether there is a model to read a picture with */
async function* examineCamera(
  settings: Settings,
  takePicture: boolean,
  canRead: boolean,
): AsyncGenerator<Finding> {
  const { checkCameraProgram, checkDevice, checkPicture } = await import('../host/doctor/camera.ts');
  const before = [...(await checkCameraProgram(settings.camera)), ...(await checkDevice(settings.camera))];
  yield* before;
  if (!takePicture || before.some(({ status }) => status === 'fail')) return;
  const { finding, bytes } = await checkPicture(settings);
  yield finding;
  if (bytes === undefined || !canRead) return;
  const { checkReading } = await import('../host/doctor/reading.ts');
  yield await checkReading(settings, bytes);
}

async function* one(finding: Promise<Finding>): AsyncGenerator<Finding> {
  yield await finding;
}

async function* each(findings: Promise<Finding[]>): AsyncGenerator<Finding> {
  yield* await findings;
}

/** A check that breaks is a finding, and the next ones are still made. */
async function* guarded(name: string, findings: AsyncGenerator<Finding>): AsyncGenerator<Finding> {
  try {
    yield* findings;
  } catch (error) {
    yield failed(name, error);
  }
}

const MARKS: Readonly<Record<Status, string>> = {
  ok: pc.green('ok  '),
  warn: pc.yellow('warn'),
  fail: pc.red('FAIL'),
};

function say({ name, status, detail, remedy }: Finding): void {
  console.log(`${MARKS[status]}  ${name.padEnd(16)}  ${detail}`);
  if (remedy !== null) console.log(`${' '.repeat(24)}${pc.bold('→')} ${remedy}`);
}

function worst(findings: readonly Finding[]): Status {
  const has = (status: Status) => findings.some(finding => finding.status === status);
  return has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok';
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter(finding => finding.status === status).length;
  const [warnings, failures] = [count('warn'), count('fail')];
  if (failures > 0) return pc.red(`${failures} failed, ${warnings} warnings`);
  return warnings > 0 ? pc.yellow(`nothing failed, ${warnings} warnings`) : pc.green('all is well');
}
