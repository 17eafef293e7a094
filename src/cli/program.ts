/** What the command line `surfwatch` consists of. Only the module of the command that is asked for is loaded. */
import { Command } from 'commander';
import { packageVersion } from '../base/version.ts';

/** A command of the program. */
interface NamedCommand {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly NamedCommand[] = [
  {
    name: 'run',
    summary: 'run the daemon: watch the camera, publish the activity over MQTT',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  {
    name: 'demo',
    summary: 'run it with a simulated camera, without a camera, broker or config of your own',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  {
    name: 'doctor',
    summary: 'check this machine: engines, models, config, camera, broker, disk, clock',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  {
    name: 'bench',
    summary: 'measure how finely and how often this board can read frames',
    load: async () => (await import('./bench.ts')).benchCommand(),
  },
  {
    name: 'config',
    summary: 'check, print, explain and migrate the settings',
    load: async () => (await import('./config.ts')).configCommand(),
  },
  {
    name: 'classify',
    summary: 'tell what is in pictures',
    load: async () => (await import('./classify.ts')).classifyCommand(),
  },
  {
    name: 'look',
    summary: 'draw the riders found in a frame of a beach camera',
    load: async () => (await import('./look.ts')).lookCommand(),
  },
  {
    name: 'evaluate',
    summary: 'measure how often the model is right on labelled pictures',
    load: async () => (await import('./evaluate.ts')).evaluateCommand(),
  },
  {
    name: 'dataset',
    summary: 'collect and check pictures to learn from',
    load: async () => (await import('./dataset.ts')).datasetCommand(),
  },
  {
    name: 'train',
    summary: 'train a head on labelled pictures of your own',
    load: async () => (await import('./train.ts')).trainCommand(),
  },
  {
    name: 'export',
    summary: 'write the model for onnxruntime, TensorFlow Lite, TensorFlow.js or Keras',
    load: async () => (await import('./export.ts')).exportCommand(),
  },
  {
    name: 'import',
    summary: 'import a model trained elsewhere: Keras, TensorFlow.js, Teachable Machine',
    load: async () => (await import('./import.ts')).importCommand(),
  },
  {
    name: 'backbone',
    summary: 'add a frozen network to build heads on, or list them',
    load: async () => (await import('./backbone.ts')).backboneCommand(),
  },
  {
    name: 'label',
    summary: 'tell a running daemon what a frame shows, and list what to label next',
    load: async () => (await import('./label.ts')).labelCommand(),
  },
  {
    name: 'retrain',
    summary: 'have a running daemon learn from its labels',
    load: async () => (await import('./retrain.ts')).retrainCommand(),
  },
  {
    name: 'cancel',
    summary: 'stop the retraining of a running daemon',
    load: async () => (await import('./cancel.ts')).cancelCommand(),
  },
  {
    name: 'rollback',
    summary: 'return a running daemon to an earlier head',
    load: async () => (await import('./rollback.ts')).rollbackCommand(),
  },
  {
    name: 'models',
    summary: 'list the heads of a running daemon and what became of them',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  {
    name: 'explain',
    summary: 'tell why a running daemon judged a frame as it did',
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  {
    name: 'status',
    summary: 'show what a running daemon sees, runs and has learnt',
    load: async () => (await import('./status.ts')).statusCommand(),
  },
  {
    name: 'schedule',
    summary: 'show when the camera will be watched: daylight and hours, day by day',
    load: async () => (await import('./schedule.ts')).scheduleCommand(),
  },
  {
    name: 'history',
    summary: 'show how long each activity was seen, by hour, day, weekday or month',
    load: async () => (await import('./history.ts')).historyCommand(),
  },
  {
    name: 'pause',
    summary: 'have a running daemon leave the camera alone',
    load: async () => (await import('./pause.ts')).pauseCommand(),
  },
  {
    name: 'resume',
    summary: 'end the pause of a running daemon',
    load: async () => (await import('./pause.ts')).resumeCommand(),
  },
  {
    name: 'capture',
    summary: 'have a running daemon take a picture now and judge it',
    load: async () => (await import('./capture.ts')).captureCommand(),
  },
  {
    name: 'options',
    summary: 'read and change settings of a running daemon',
    load: async () => (await import('./change-options.ts')).optionsCommand(),
  },
  {
    name: 'view',
    summary: 'show what the board has learnt about the camera’s view, or forget it',
    load: async () => (await import('./view.ts')).viewCommand(),
  },
  {
    name: 'fleet',
    summary: 'show the health of all boards on a broker',
    load: async () => (await import('./fleet.ts')).fleetCommand(),
  },
  {
    name: 'discovery',
    summary: 'show what Home Assistant was told about a board, or remove it',
    load: async () => (await import('./discovery.ts')).discoveryCommand(),
  },
  {
    name: 'service',
    summary: 'run the daemon as a systemd service',
    load: async () => (await import('./service.ts')).serviceCommand(),
  },
  {
    name: 'backup',
    summary: 'save what a board has learnt, its history and its config in one file',
    load: async () => (await import('./backup.ts')).backupCommand(),
  },
  {
    name: 'restore',
    summary: 'restore the state of a board from a backup',
    load: async () => (await import('./restore.ts')).restoreCommand(),
  },
  {
    name: 'broker',
    summary: 'write the configuration that Mosquitto needs to serve boards on a network',
    load: async () => (await import('./broker.ts')).brokerCommand(),
  },
];

const HELP = `
Where to begin:
  $ surfwatch demo                         see it work
  $ surfwatch doctor                       check what this machine has and lacks
  $ surfwatch config schema                list all settings
  $ surfwatch config check -c board.json   check the settings before you start the daemon
  $ surfwatch run -c board.json            run the daemon

surfwatch COMMAND --help explains a command and gives examples.
Exit status: 0 done, 1 failed, 2 wrong usage, 78 wrong settings, 70 a bug in surfwatch.
`;

/** The program, with the command that the arguments name loaded and the others as their names alone. */
export async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('surfwatch')
    .description(
      'Tells surfing, windsurfing and kitesurfing apart on a beach camera and publishes it over MQTT.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', HELP);
  const named = args[0] === 'help' ? args[1] : args[0];
  for (const { name, summary, load } of COMMANDS) {
    const command = name === named ? await load() : new Command(name);
    program.addCommand(command.summary(summary));
  }
  throwInsteadOfExit(program);
  return program;
}

/** Commands that are added don't inherit this. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help explains it)`);
  for (const inner of command.commands) throwInsteadOfExit(inner);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
