/** The command line `surfwatch`. */
import { endWithReader, exitOnError } from './cli/exit.ts';
import { programFor } from './cli/program.ts';

await exitOnError(async () => {
  endWithReader();
  const args = process.argv.slice(2);
  const program = await programFor(args);
  await program.parseAsync(args, { from: 'user' });
});
