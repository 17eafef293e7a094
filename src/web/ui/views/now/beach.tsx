/** The frame with its riders, zones, and land and sky; and the riders as a list, for keys and screen readers. */
import { useSignal } from '@preact/signals';
import { infoOf, type SeenFrame } from '../../live.ts';
import { Picture, placed } from '../../parts/picture.tsx';
import { activityName, percent } from '../../texts.ts';
import { text } from './texts.ts';

interface BeachProps {
  readonly frame: SeenFrame;
  readonly src: string;
  /** Number of the rider that is asked about. */
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
}

/** A box is drawn at least so high, as a share of the frame: a rider of 8 pixels must be found by the eye. */
const LEAST_BOX = 0.02;
/** More would hide each other: then they are numbered where the picture is enlarged. */
const MOST_NUMBERED = 8;

export function Beach({ frame, src, chosen, onChoose }: BeachProps) {
  const showsLand = useSignal(false);
  const { riders, land } = frame;
  const says = (index: number) => {
    const { activity, score } = riders[index] ?? { activity: 'none', score: 0 };
    return text('rider', { number: index + 1, activity: activityName(activity), score: percent(score) });
  };
  return (
    <>
      <div class={riders.length > MOST_NUMBERED ? 'beach crowded' : 'beach'}>
        <Picture
          src={src}
          alt={text('picture')}
          shapes={
            <>
              {showsLand.value && land !== undefined && <Land land={land} />}
              {(infoOf()?.zones ?? []).map(({ name, points }) => (
                <polygon
                  key={name}
                  class="zone"
                  points={points.map(point => point.join(',')).join(' ')}
                  vector-effect="non-scaling-stroke"
                />
              ))}
            </>
          }
        >
          {(infoOf()?.zones ?? []).map(({ name, points }) => (
            <span key={name} class="zone-name" ref={placed(cornerOf(points))} aria-hidden="true">
              {name}
            </span>
          ))}
          {riders.map((rider, index) => (
            <button
              key={`${rider.x} ${rider.y}`}
              ref={placed({ ...rider, h: Math.max(LEAST_BOX, 1.3 * rider.size) })}
              type="button"
              class={`rider ${rider.activity}${chosen === index ? ' chosen' : ''}`}
              title={says(index)}
              // The list below has the same for keys and screen readers.
              tabIndex={-1}
              aria-hidden="true"
              onClick={() => onChoose(index)}
            >
              <span>{index + 1}</span>
            </button>
          ))}
        </Picture>
      </div>
      <section class="card">
        <div class="row spread">
          <h2>{text('riders')}</h2>
          {land !== undefined && (
            <button
              type="button"
              class="small"
              aria-pressed={showsLand.value}
              onClick={() => {
                showsLand.value = !showsLand.value;
              }}
            >
              {text('land')}
            </button>
          )}
        </div>
        {riders.length === 0 && <p class="muted">{text('noRiders')}</p>}
        {[...new Set(riders.map(({ activity }) => activity))].map(activity => (
          <div key={activity} class="of-activity">
            <h3 class={`activity ${activity}`}>{activityName(activity)}</h3>
            <ul class="riders">
              {riders.map(
                (rider, index) =>
                  rider.activity === activity && (
                    <li key={`${rider.x} ${rider.y}`}>
                      <button
                        type="button"
                        class={activity}
                        aria-label={`${says(index)}. ${text('why')}`}
                        onClick={() => onChoose(index)}
                      >
                        <span class="number figure">{index + 1}</span>
                        <span class="muted figure">{percent(rider.score)}</span>
                      </button>
                    </li>
                  ),
              )}
            </ul>
          </div>
        ))}
      </section>
    </>
  );
}

/** One path of all the cells where nobody is looked for. */
function Land({ land: { columns, rows, cells } }: { readonly land: NonNullable<SeenFrame['land']> }) {
  const squares = Array.from(cells, (cell, at) => {
    if (cell !== 'l') return '';
    const [x, y] = [(at % columns) / columns, Math.floor(at / columns) / rows];
    return `M${x} ${y}h${1 / columns}v${1 / rows}h${-1 / columns}z`;
  });
  return <path class="land" d={squares.join('')} />;
}

/** The upper left corner of a zone, where its name has room. */
function cornerOf(points: readonly (readonly [number, number])[]): {
  readonly x: number;
  readonly y: number;
} {
  const [x, y] = points.reduce((best, one) => (one[0] + one[1] < best[0] + best[1] ? one : best), [1, 1]);
  return { x, y };
}
