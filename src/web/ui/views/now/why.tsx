/** Why a rider was seen: its place in the picture, what decided, its score over time, and what it is most like. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Rectangle } from '../../../../base/geometry.ts';
import type { Explanation } from '../../../../learning/advice/explain-words.ts';
import { command, pictureOf } from '../../api.ts';
import { seenFrames } from '../../live.ts';
import { Chart } from '../../parts/chart.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Fault } from '../../parts/notice.tsx';
import { placed } from '../../parts/picture.tsx';
import type { SeenFrame, SeenRider } from '../../seen.ts';
import { activityName, clockTime, number, percent, text as sharedText } from '../../texts.ts';
import { placeScores } from './place-scores.ts';
import { text } from './texts.ts';

interface WhyProps {
  readonly frame: SeenFrame;
  /** The rider in the frame. */
  readonly index: number;
  readonly onClose: () => void;
}

export function Why({ frame, index, onClose }: WhyProps) {
  const rider = frame.riders[index];
  const explanation = useSignal<Explanation | null>(null);
  const fault = useSignal<unknown>(null);
  useEffect(() => {
    const at = rider === undefined ? undefined : { x: rider.x, y: rider.y };
    command<Explanation>('explain', { frame: frame.frame, at }).then(
      answer => {
        explanation.value = answer;
      },
      (error: unknown) => {
        fault.value = error;
      },
    );
  }, [frame.frame, index]);
  if (rider === undefined) return null;
  const { value: explained } = explanation;
  return (
    <Dialog title={text('why.title', { activity: activityName(rider.activity) })} onClose={onClose}>
      <div class="stack why">
        <div class="rider-facts">
          <CloseUp frame={frame.frame} rider={rider} />
          <dl>
            <dt>{text('why.score')}</dt>
            <dd>
              <Score value={rider.score} activity={rider.activity} />
            </dd>
            {explained !== null && <dd class="small muted">{text('why.model', { head: explained.head })}</dd>}
          </dl>
        </div>
        <Course rider={rider} />
        {explained === null && fault.value === null && <p class="muted">{sharedText('loading')}</p>}
        <Fault error={fault.value} />
        {explained !== null && <Explained explanation={explained} />}
      </div>
    </Dialog>
  );
}

function CloseUp({ frame, rider }: { readonly frame: string; readonly rider: SeenRider }) {
  const part = around(rider);
  const at = { x: (rider.x - part.x) / part.w, y: (rider.y - part.y) / part.h };
  return (
    <div class="close-up">
      <img src={pictureOf(frame, { part, width: 320 })} alt={text('why.place')} />
      <span class="rider-mark" ref={placed({ ...at, h: (1.3 * rider.size) / part.h })} aria-hidden="true" />
    </div>
  );
}

/** Its score over time, from the frames that came while the page was open. */
function Course({ rider }: { readonly rider: SeenRider }) {
  const scores = placeScores(seenFrames.value, rider);
  const found = scores.filter(({ score }) => score !== null).length;
  return (
    <section>
      <h3>{text('why.overTime')}</h3>
      {scores.length < 3 ? (
        <p class="small muted">{text('why.tooFew')}</p>
      ) : (
        <Chart
          label={text('why.chart', { n: scores.length, found })}
          height={150}
          times={scores.map(({ atMs }) => atMs / 1_000)}
          series={[
            {
              name: activityName(rider.activity),
              colour: `--${rider.activity}`,
              values: scores.map(({ score }) => score),
            },
          ]}
          kind="line"
          most={1}
          said={value => percent(value)}
        />
      )}
    </section>
  );
}

function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { place, decided, neighbours } = explanation;
  return (
    <>
      <section>
        <h3>{text(place === null ? 'why.decided' : 'why.here')}</h3>
        <p class="small muted">
          {place === null ? `${text('why.whole')} ${text('why.decidedHint')}` : text('why.hereHint')}
        </p>
        <ul class="facts">
          {decided.map(({ activity, zone, score, threshold, present }) => (
            <li key={activity} class={present ? 'present' : ''}>
              <span>
                <span class={`activity ${activity}`}>{activityName(activity)}</span>
                <span class="small muted">{zone}</span>
              </span>
              <span class="said">
                <Score value={score} activity={activity} threshold={threshold} />
                <small>{text('why.threshold', { score: percent(threshold) })}</small>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{text('why.neighbours')}</h3>
        {neighbours.length === 0 && <p class="small muted">{text('why.noNeighbours')}</p>}
        <ul class="neighbours">
          {neighbours.map((neighbour, place) => {
            const labels = neighbour.labels.length === 0 ? ['none'] : neighbour.labels;
            const says = labels.map(activityName).join(', ');
            return (
              <li key={place}>
                {neighbour.from === 'board' ? (
                  <img
                    src={pictureOf(neighbour.frame, { part: wider(neighbour.rectangle), width: 240 })}
                    alt={`${says}, ${clockTime(neighbour.takenAt)}`}
                    loading="lazy"
                  />
                ) : (
                  <div class="placeholder small">{text('why.base')}</div>
                )}
                <span class={`activity ${labels[0]}`}>{says}</span>
                <small class="muted figure">
                  {text('why.similarity', { n: number(neighbour.similarity, 2) })}
                </small>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

function Score(props: { readonly value: number; readonly activity: string; readonly threshold?: number }) {
  const { value, activity, threshold } = props;
  return (
    <span class={`score ${activity}`}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="whole" width="100" height="10" />
        <rect class="part" width={100 * value} height="10" />
        {threshold !== undefined && (
          <rect class="threshold" x={100 * threshold - 0.75} width="1.5" height="10" />
        )}
      </svg>
      <strong class="figure">{percent(value)}</strong>
    </span>
  );
}

/** What is around a rider: they and their kite or sail, but at least so much that it is known where they are. */
function around({ x, y, size }: SeenRider): Rectangle {
  const h = Math.min(1, Math.max(0.12, 5 * size));
  return inside({ x: x - h / 2, y: y - h / 2, w: h, h });
}

function wider({ x, y, w, h }: Rectangle): Rectangle {
  return inside({ x: x - w / 2, y: y - h / 2, w: 2 * w, h: 2 * h });
}

function inside({ x, y, w, h }: Rectangle): Rectangle {
  const [width, height] = [Math.min(1, w), Math.min(1, h)];
  return {
    x: Math.min(1 - width, Math.max(0, x)),
    y: Math.min(1 - height, Math.max(0, y)),
    w: width,
    h: height,
  };
}
