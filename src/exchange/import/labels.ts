/** Class names of models trained elsewhere, and what they are to a head: an activity, or none. */

import { isInherited } from '../../base/inherited.ts';
import { SurfwatchError } from '../../errors.ts';
import type { ModelFiles } from './files.ts';

/** Names of classes that show no activity. */
const NO_ACTIVITY = /^(?:none|background|empty|nothing|nobody|no-activity|no-one|negative)$/;

export interface ClassName {
  /** As the model's maker wrote it. */
  readonly label: string;
  /** As a head names it: lower case, words joined by `-`. */
  readonly name: string;
  readonly isActivity: boolean;
}

/**
 * @param background further labels that are no activity
 * @throws SurfwatchError `import-incomplete` where there is none, a name is empty or given twice, or none is an activity
 */
export function classNames(
  labels: readonly string[],
  background: readonly string[],
  origin: string,
): ClassName[] {
  if (labels.length === 0) {
    throw new SurfwatchError(
      'import-incomplete',
      `${origin} has no class names, nor are there labels.txt or metadata.json beside it: give --labels`,
    );
  }
  const others = background.map(activityName);
  const classes = labels.map(label => {
    const name = activityName(label);
    return { label, name, isActivity: !NO_ACTIVITY.test(name) && !others.includes(name) };
  });
  const names = classes.map(({ name }) => name);
  const wrong = classes.find(
    ({ name }, index) => name === '' || isInherited(name) || names.indexOf(name) !== index,
  );
  if (wrong !== undefined) {
    throw new SurfwatchError(
      'import-incomplete',
      `the class name ${JSON.stringify(wrong.label)} is empty, there twice, or no name of an activity`,
    );
  }
  if (!classes.some(({ isActivity }) => isActivity)) {
    throw new SurfwatchError('import-incomplete', `none of the classes ${labels.join(', ')} is an activity`);
  }
  return classes;
}

/** `Kite Surfing` is kite-surfing. */
export function activityName(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** One label a line; Teachable Machine puts its number before each. */
export function parseLabels(text: string): string[] {
  const lines = text.split(/\r?\n/).map(line => line.trim());
  const labels = lines.filter(line => line !== '');
  const numbered = labels.every((line, index) => new RegExp(`^${index}\\s+\\S`).test(line));
  return numbered ? labels.map(line => line.replace(/^\d+\s+/, '')) : labels;
}

/** From `labels.txt` or `metadata.json` beside the model, or from what the file itself carries. */
export async function labelsBeside(files: ModelFiles, carried: string | undefined): Promise<string[]> {
  const own = labelsIn(carried);
  if (own.length > 0) return own;
  const metadata = labelsIn(textOf(await files.beside('metadata.json')));
  if (metadata.length > 0) return metadata;
  return parseLabels(textOf(await files.beside('labels.txt')) ?? '');
}

/** The list `labels` of some JSON; empty where there is none. */
function labelsIn(json: string | undefined): string[] {
  const { labels } = objectIn(json);
  return Array.isArray(labels) && labels.every(label => typeof label === 'string') ? labels : [];
}

/** An object in JSON, or an empty one: metadata is a help, never a reason to fail. */
export function objectIn(json: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return value !== null && typeof value === 'object' ? { ...value } : {};
  } catch {
    return {};
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
