/** What the figures don't say, derived from the data they come from. */
import { NONE } from '../../base/activities.ts';
import { counted, listed, percent, range } from '../../base/words.ts';
import type { TrainingRecord } from '../record.ts';
import { headlineOf } from './headline.ts';

const FEW_GROUPS = 10;
const FEW_PICTURES = 30;
const WIDE = 0.1;
const LOW_RECALL = 0.7;
const HIGH_CALIBRATION_ERROR = 0.05;

/** Sentences; the most serious first. */
export function limitsOf(record: TrainingRecord): string[] {
  return [...measuring(record), ...classes(record), ...data(record), ...always(record)];
}

function measuring(record: TrainingRecord): string[] {
  const headline = headlineOf(record);
  if (headline === null) return ['Nothing was held out: how good it is, is not known.'];
  const limits: string[] = headline.warning === null ? [] : [headline.warning];
  const groups = record.samples.heldGroups.length;
  const { accuracy } = headline.evaluation.intervals;
  if (record.folds === null && groups < FEW_GROUPS) {
    limits.push(
      `Only ${counted(groups, 'group')} ${groups === 1 ? 'was' : 'were'} held out: another choice of groups may give quite other figures.`,
    );
  }
  if (accuracy[1] - accuracy[0] > WIDE) {
    limits.push(`The accuracy is known roughly: ${range(accuracy, 0)}. More groups make it surer.`);
  }
  if (record.folds === null && record.bestEpoch < record.epochs.length) {
    limits.push(
      'The best epoch was chosen on the same held-out pictures the figures are from, which flatters them a little.',
    );
  }
  return limits;
}

function classes(record: TrainingRecord): string[] {
  const evaluation = headlineOf(record)?.evaluation;
  if (evaluation === undefined) return [];
  const all = Object.entries(evaluation.classes);
  const few = all.filter(([, { support }]) => support < FEW_PICTURES);
  const missed = all.filter(([, { recall }]) => recall !== null && recall < LOW_RECALL);
  const unsure = Object.entries(evaluation.calibrationError).filter(
    ([, error]) => error > HIGH_CALIBRATION_ERROR,
  );
  return [
    ...few.map(([name, { support }]) =>
      support === 0
        ? `No measured picture ${shows(name)}: nothing is known of it.`
        : `Only ${counted(support, 'measured picture')} ${support === 1 ? shows(name) : show(name)}: the figures of that class are rough.`,
    ),
    ...missed.map(
      ([name, { recall }]) => `Of the pictures that ${show(name)}, it finds only ${percent(recall, 0)}.`,
    ),
    ...(unsure.length === 0
      ? []
      : [
          `Probabilities of ${listed(unsure.map(([name, error]) => `${name} (${percent(error, 0)})`))} are off by so much on average: compare them, but don’t take them at their word.`,
        ]),
  ];
}

const shows = (name: string) => (name === NONE ? 'shows no activity' : `shows ${name}`);
const show = (name: string) => (name === NONE ? 'show no activity' : `show ${name}`);

function data({ data, suspects }: TrainingRecord): string[] {
  const limits = data.findings
    .filter(({ kind }) => kind === 'too-few' || kind === 'imbalance')
    .map(({ message }) => sentence(message));
  const flat = data.sources.filter(({ groups, files }) => groups < FEW_GROUPS && files > FEW_PICTURES);
  for (const { name, files, groups } of flat) {
    limits.push(
      `${counted(files, 'file')} of ${name} come from ${counted(groups, 'group')}: they say little of other places.`,
    );
  }
  if (suspects.length > 0) {
    limits.push(
      `${counted(suspects.length, 'picture')} may be labelled wrongly; each such label costs accuracy.`,
    );
  }
  return limits;
}

function always({ head }: TrainingRecord): string[] {
  return [`It knows ${listed(head.activities)}; anything else is none or mistaken for one of them.`];
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
