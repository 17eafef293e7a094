/** `docs/cli.md`: what `--help` says of the program and of each command. */
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { backboneCommand } from '../../src/cli/backbone.ts';
import { backupCommand } from '../../src/cli/backup.ts';
import { brokerCommand } from '../../src/cli/broker.ts';
import { cancelCommand } from '../../src/cli/cancel.ts';
import { captureCommand } from '../../src/cli/capture.ts';
import { optionsCommand } from '../../src/cli/change-options.ts';
import { classifyCommand } from '../../src/cli/classify.ts';
import { configCommand } from '../../src/cli/config.ts';
import { datasetCommand } from '../../src/cli/dataset.ts';
import { demoCommand } from '../../src/cli/demo.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import { evaluateCommand } from '../../src/cli/evaluate.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { fleetCommand } from '../../src/cli/fleet.ts';
import { historyCommand } from '../../src/cli/history.ts';
import { importCommand } from '../../src/cli/import.ts';
import { labelCommand } from '../../src/cli/label.ts';
import { lookCommand } from '../../src/cli/look.ts';
import { modelsCommand } from '../../src/cli/models.ts';
import { pauseCommand, resumeCommand } from '../../src/cli/pause.ts';
import { restoreCommand } from '../../src/cli/restore.ts';
import { retrainCommand } from '../../src/cli/retrain.ts';
import { rollbackCommand } from '../../src/cli/rollback.ts';
import { runCommand } from '../../src/cli/run.ts';
import { scheduleCommand } from '../../src/cli/schedule.ts';
import { serviceCommand } from '../../src/cli/service.ts';
import { statusCommand } from '../../src/cli/status.ts';
import { trainCommand } from '../../src/cli/train.ts';
import { viewCommand } from '../../src/cli/view.ts';

/** What a help text gets where it is not on a terminal. */
const WIDTH = 80;

const INTRODUCTION = `# Command line

<!-- Made from src/main.ts and src/cli by \`npm run docs\`. Change it there. -->

In a clone write \`npx surfwatch\` for \`surfwatch\`.
`;

/** The program with all its commands, as they are documented. */
export function documentedProgram(): Command {
  const program = new Command('surfwatch');
  const commands = [
    runCommand(),
    demoCommand(),
    doctorCommand(),
    configCommand(),
    classifyCommand(),
    lookCommand(),
    evaluateCommand(),
    datasetCommand(),
    trainCommand(),
    exportCommand(),
    importCommand(),
    backboneCommand(),
    labelCommand(),
    retrainCommand(),
    cancelCommand(),
    rollbackCommand(),
    modelsCommand(),
    explainCommand(),
    statusCommand(),
    scheduleCommand(),
    historyCommand(),
    pauseCommand(),
    resumeCommand(),
    captureCommand(),
    optionsCommand(),
    viewCommand(),
    fleetCommand(),
    serviceCommand(),
    backupCommand(),
    restoreCommand(),
    brokerCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

export function cliPage(): string {
  const program = documentedProgram();
  const overview = programHelp();
  const sections = program.commands.flatMap(command => [command, ...command.commands]).map(commandSection);
  return [INTRODUCTION, block(overview), ...sections].join('\n');
}

/** The program itself loads only the command it runs, so its own help comes from running it. */
function programHelp(): string {
  const environment = { ...process.env, NO_COLOR: '1' };
  const main = join(PACKAGE_ROOT, 'src', 'main.ts');
  return execFileSync(process.execPath, ['--import', 'tsx', main, '--help'], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    env: environment,
  });
}

function commandSection(command: Command): string {
  const { parent } = command;
  const nested = parent?.parent != null;
  const name = nested ? `${parent.name()} ${command.name()}` : command.name();
  return `${nested ? '###' : '##'} surfwatch ${name}\n\n${block(helpOf(command))}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: part => {
      text += part;
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  for (const option of command.options) {
    // A path on this computer would make the page differ on the next.
    const value: unknown = option.defaultValue;
    if (typeof value === 'string' && value.startsWith(PACKAGE_ROOT))
      option.default(value, `the package's ${relative(PACKAGE_ROOT, value)}`);
  }
  command.outputHelp();
  return text;
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
