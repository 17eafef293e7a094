/** Runs `config` alone, as a process of its own: errors end it as they end the program. */
import { configCommand } from '../../src/cli/config.ts';
import { SurfwatchError } from '../../src/errors.ts';

try {
  await configCommand().parseAsync();
} catch (error) {
  if (!(error instanceof SurfwatchError)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.remedy}`);
  process.exitCode = error.exitStatus;
}
