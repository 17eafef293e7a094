/** `docs/cli.md`: what `--help` says of the program and of each command. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { COMMANDS, programFor } from '../../src/cli/program.ts';

/** What a help text gets where it is not on a terminal. */
const WIDTH = 80;

const INTRODUCTION = `# Command line

<!-- Made from src/cli by \`npm run docs\`. Change it there. -->

In a clone write \`npx surfwatch\` for \`surfwatch\`.
`;

export async function cliPage(): Promise<string> {
  const sections: string[] = [];
  for (const { name } of COMMANDS) {
    const command = (await programFor([name])).commands.find(one => one.name() === name);
    if (command !== undefined) sections.push(...[command, ...command.commands].map(commandSection));
  }
  return [INTRODUCTION, block(helpOf(await programFor([]))), ...sections].join('\n');
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
