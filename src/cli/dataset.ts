/** `surfwatch dataset`: pictures to learn from, gathered and checked. */
import { Command } from 'commander';
import { datasetCheckCommand } from './dataset-check.ts';
import { datasetCollectCommand } from './dataset-collect.ts';

/** The command `dataset` with its subcommands. */
export function datasetCommand(): Command {
  const command = new Command('dataset').description('collect and check pictures to learn from');
  command.addCommand(datasetCheckCommand());
  command.addCommand(datasetCollectCommand());
  return command;
}
