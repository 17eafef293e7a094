/** The reference of all settings, in three forms made from the schema: rows, Markdown, JSON Schema. */

import { formatDuration } from '../base/duration.ts';
import { CAMERA_SCHEMA, CAMERAS_KEY, MOST_CAMERAS, OF_PROGRAM } from './cameras.ts';
import { newestVersion } from './migrate.ts';
import { formatOf, SCHEMA, SETTINGS } from './schema.ts';
import { isDuration, isSetting, type Setting, type SettingTree } from './setting.ts';

export interface SettingRow {
  readonly path: string;
  readonly env: string;
  readonly type: string;
  /** The default as a file would have it. */
  readonly fallback: string;
  readonly doc: string;
}

/** One row a setting, in the schema's order. */
export function settingRows(): SettingRow[] {
  return SETTINGS.map(({ path, env, setting }) => ({
    path,
    env,
    type: typeOf(setting),
    fallback: JSON.stringify(setting.default),
    doc: docOf(setting),
  }));
}

function typeOf(setting: Setting): string {
  const { format, choices, min, max, sensitive } = setting;
  if (format === 'choice') return Object.keys(choices ?? {}).join(' | ');
  const show = isDuration(setting) ? formatDuration : String;
  const least = format === 'ratio' ? (min ?? 0) : min;
  const most = format === 'ratio' ? (max ?? 1) : max;
  const range = rangeOf(
    least === undefined ? undefined : show(least),
    most === undefined ? undefined : show(most),
  );
  return `${formatOf(setting).name}${range}${sensitive === true ? ', secret' : ''}`;
}

function rangeOf(least: string | undefined, most: string | undefined): string {
  if (least !== undefined && most !== undefined) return ` ${least}..${most}`;
  if (least !== undefined) return ` ≥ ${least}`;
  return most === undefined ? '' : ` ≤ ${most}`;
}

function docOf({ doc, choices, noneMeans }: Setting): string {
  const meanings = Object.entries(choices ?? {}).filter(([, meaning]) => meaning !== '');
  const explained = meanings.map(([choice, meaning]) => `\`${choice}\`: ${meaning}`).join('; ');
  return [
    doc,
    ...(explained === '' ? [] : [`${explained}.`]),
    ...(noneMeans === undefined ? [] : [`null: ${noneMeans}.`]),
  ].join(' ');
}

const PROGRAM = OF_PROGRAM.map(name => `\`${name}\``).join(', ');

const INTRODUCTION = `# Settings

<!-- Made from the schema in src/config by \`npm run docs\`. Change it there. -->

Settings come from these sources; later ones override earlier ones:

1. the defaults below,
2. the files given by \`--config FILE\`, which may be repeated; without any, the file \`$SURFWATCH_CONFIG\`, otherwise
   \`/etc/surfwatch/config.json\` if it exists,
3. environment variables \`SURFWATCH_…\`,
4. \`--set key=value\` on the command line, which may be repeated,
5. changes made while the daemon ran: \`surfwatch options\`, see [control.md](control.md#settings).

Files are JSON; comments (\`//\`) and trailing commas are allowed. In a file, \`camera.interval\` is written as
\`{"camera": {"interval": "2s"}}\`. Lists and objects are replaced as a whole, and written as JSON in the environment and on
the command line. Relative paths in a file start at its folder, all others at the working directory.

A **duration** is a text such as \`"500ms"\`, \`"2s"\`, \`"5m"\`, \`"1h"\`, or a number of milliseconds. \`null\` removes a
value (on the command line and in the environment: nothing, as in \`--set mqtt.username=\`).

Keep a **secret** in its own file, named by the setting with \`File\` appended, or in a systemd credential named like the
setting: \`LoadCredential=mqtt.password:/etc/surfwatch/mqtt.password\`. It is never printed or logged. Giving it twice is a
fault.

A file may have a list \`cameras\`, for several cameras in one program ([cameras.md](cameras.md#several-cameras)). Each entry
sets its \`site\`, and may set all others but these, which are the same for all: ${PROGRAM}. What stands beside the list
holds for every camera that does not set it itself; environment variables and \`--set\` override the list too.

A file may give its version, \`"version": 1\`, which is also the default. If an update moves or renames settings, older files
still work, with a warning; \`surfwatch config migrate FILE\` rewrites them, comments and all, and keeps a copy. A file of a
newer version is refused.

\`surfwatch config check\` names every fault with its setting and its line, and exits with status 78 if it finds one.
\`surfwatch config print --sources\` shows the settings in effect and where each comes from.
\`surfwatch config schema --json\` prints a JSON Schema for editors.
`;

/** `docs/config.md`. */
export function configMarkdown(): string {
  const rows = settingRows();
  const groups = [...new Set(rows.map(row => groupOf(row.path)))];
  const sections = groups.map(group => {
    const members = rows.filter(row => groupOf(row.path) === group);
    const lines = members.map(
      row =>
        `| ${[`\`${row.path}\`<br>\`${row.env}\``, row.type, `\`${row.fallback}\``, row.doc].map(cell).join(' | ')} |`,
    );
    return `## ${group}\n\n| setting | type | default | what it does |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function groupOf(path: string): string {
  const group = path.split('.').slice(0, -1).join('.');
  return group === '' ? 'The board' : group;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The JSON Schema (2020-12) of a config file. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'surfwatch config file',
    ...groupSchema(SCHEMA, {
      $schema: { type: 'string' },
      version: { const: newestVersion() },
      [CAMERAS_KEY]: {
        description: 'Several cameras in one program: each with its own settings over those beside the list.',
        type: 'array',
        maxItems: MOST_CAMERAS,
        items: { ...groupSchema(CAMERA_SCHEMA), required: ['site'] },
      },
    }),
  };
}

function groupSchema(tree: SettingTree, more: Record<string, unknown> = {}): Record<string, unknown> {
  const properties = Object.entries(tree).map(([name, node]): [string, unknown] => [
    name,
    isSetting(node) ? settingSchema(node) : groupSchema(node),
  ]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...more, ...Object.fromEntries(properties) },
  };
}

function settingSchema(setting: Setting): Record<string, unknown> {
  const schema = formatOf(setting).jsonSchema(setting);
  return {
    description: docOf(setting),
    default: setting.default,
    ...(setting.none === undefined ? schema : { anyOf: [schema, { type: 'null' }] }),
  };
}
