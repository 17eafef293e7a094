/** What the figures of a head for riders don't say. */

import { counted, listed } from '../../../base/words.ts';
import { sightWarning } from '../../report/sight-words.ts';
import type { RidersRecord } from '../record.ts';
import { share } from './rows.ts';

const FEW_CAMERAS = 8;
const FEW_EMPTY = 40;
const LOW_RECALL = 0.5;

/** Sentences; the most serious first. */
export function limitsOf(record: RidersRecord): string[] {
  return [...measuring(record), ...heights(record), ...activities(record)];
}

function measuring({ judged, head }: RidersRecord): string[] {
  const { overall, cameras } = judged;
  if (overall.frames === 0) return ['No frame was judged: how good it is, is not known.'];
  const limits = [
    judged.by === 'backbone'
      ? `Figures, thresholds and calibration are those of a second head, on backbone ${judged.backbone?.id}, fitted without these cameras. This head itself was fitted to more, on another backbone: it is taken to be no worse.`
      : `Figures, thresholds and calibration are those of heads on backbone ${head.backbone.id}, each fitted without the cameras it judged.`,
  ];
  const warning = sightWarning('camera', judged.sight);
  if (warning !== null) limits.unshift(`${warning} The calibration is then too sure of itself as well.`);
  if (cameras.length < FEW_CAMERAS) {
    limits.push(
      `Only ${counted(cameras.length, 'camera')} ${cameras.length === 1 ? 'was' : 'were'} judged: another beach may give quite other figures.`,
    );
  }
  if (overall.empty < FEW_EMPTY) {
    limits.push(
      `Only ${counted(overall.empty, 'frame')} without riders ${overall.empty === 1 ? 'was' : 'were'} judged: how often it sees somebody who is not there is known roughly.`,
    );
  }
  return limits;
}

function heights({ judged }: RidersRecord): string[] {
  const weak = judged.overall.heights.filter(({ riders, hit }) => riders >= 10 && hit / riders < LOW_RECALL);
  return weak.map(({ from, to, riders, hit }) => {
    const which =
      to === null
        ? `${from} pixels or more`
        : from === 0
          ? `less than ${to} pixels`
          : `${from} to ${to} pixels`;
    return `Of riders ${which} high in the frame it counts ${share(hit, riders)}.`;
  });
}

function activities({ head, data, judged }: RidersRecord): string[] {
  const boxes = (name: string) =>
    data.sources.reduce((sum, { kind, boxes: own }) => sum + (kind === 'frames' ? (own[name] ?? 0) : 0), 0);
  const few = head.activities.filter(name => boxes(name) < 100);
  return [
    ...(few.length === 0
      ? []
      : [`Of ${listed(few)} there are fewer than 100 riders in frames: photos stand in for them.`]),
    ...(judged.overall.named < judged.overall.hit
      ? [
          `Of the riders it counts, it names the activity of ${share(judged.overall.named, judged.overall.hit)} rightly.`,
        ]
      : []),
    `It knows ${listed(head.activities)}; whoever does anything else on the water is overlooked, or taken for one of them.`,
    'Each frame is judged by itself here; the daemon follows riders over several frames, which finds more and believes less.',
  ];
}
