/** The labels in topics and names of folders, and the topic of pictures to learn from. */
import { NONE } from '../base/activities.ts';
import { SurfwatchError } from '../errors.ts';

/**
 * The names in a level of a topic or in the name of a folder. They stand apart by `,` or `+`: the name of a topic to
 * publish on must not hold `+`, a wildcard (MQTT 3.1.1 section 4.7.1.1), and brokers end the connection for it.
 *
 * @throws SurfwatchError `label-malformed` where there is none
 */
export function parseLabelsLevel(level: string): string[] {
  if (level.trim() === '')
    throw new SurfwatchError(
      'label-malformed',
      'the label: there is no name in it; "none" stands for no activity',
    );
  return level.split(/[,+]/);
}

/** The level of a topic that says these labels: `surfing,kitesurfing`, or `none`. */
export function labelsLevel(labels: readonly string[]): string {
  return labels.length === 0 ? NONE : labels.join(',');
}

/** What the topics of pictures begin with, the labels following. */
export function imageTopic(base: string): string {
  return `${base}/label/image/`;
}
