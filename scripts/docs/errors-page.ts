/** `docs/errors.md`, from the table of errors. */
import { ERRORS } from '../../src/errors.ts';

const INTRODUCTION = `# Errors

<!-- Made from src/errors.ts by \`npm run docs\`. Change it there. -->

Every error that surfwatch reports has a code; it stands in the message, in the log as \`code\`, and in the answers over
MQTT. The exit status is that of the program where the error ends it.
`;

export function errorsPage(): string {
  const entries: [code: string, entry: { meaning: string; remedy: string; exit?: number }][] =
    Object.entries(ERRORS);
  const sections = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { meaning, remedy, exit = 1 }]) =>
        `## ${code}\n\n${meaning}\n\nWhat to do: ${remedy}\n\nExit status: ${exit}\n`,
    );
  return [INTRODUCTION, ...sections].join('\n');
}
