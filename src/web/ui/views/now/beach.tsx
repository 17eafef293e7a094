/** The frame with its riders, zones, and land and sky; and the riders as a list, for keys and screen readers. */
import { useSignal } from '@preact/signals';
import type { Point } from '../../../../base/geometry.ts';
import { zonesDrawn } from '../../live.ts';
import { Picture, placed } from '../../parts/picture.tsx';
import type { SeenFrame, SeenRider } from '../../seen.ts';
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
  return (
    <>
      <div class={riders.length > MOST_NUMBERED ? 'beach crowded' : 'beach'}>
        <Picture
          src={src}
          alt={text('picture')}
          onPoint={(point, reach) => {
            const index = nearestTo(riders, point, reach);
            if (index !== null) onChoose(index);
          }}
          shapes={
            <>
              {showsLand.value && land !== undefined && <Land land={land} />}
              {zonesDrawn().map(({ name, points }) => (
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
          {zonesDrawn().map(({ name, points }) => (
            <span key={name} class="zone-name" ref={placed(cornerOf(points))} aria-hidden="true">
              {name}
            </span>
          ))}
          {riders.map((rider, index) => (
            <span
              key={`${rider.x} ${rider.y}`}
              ref={placed({ ...rider, h: Math.max(LEAST_BOX, 1.3 * rider.size) })}
              class={`rider ${rider.activity}${chosen === index ? ' chosen' : ''}`}
              aria-hidden="true"
            >
              <span>{index + 1}</span>
            </span>
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
                      <button type="button" class={activity} onClick={() => onChoose(index)}>
                        <span class="number figure">{index + 1}</span>
                        <span class="hidden">{activityName(activity)}</span>
                        <span class="muted figure">{percent(rider.score)}</span>
                        <span class="hidden">{text('why')}</span>
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

/** Number of the rider who was meant by a click; null where none is within reach. */
function nearestTo(riders: readonly SeenRider[], point: Point, reach: Point): number | null {
  const distances = riders.map(({ x, y, size }) =>
    Math.hypot((x - point.x) / reach.x, (y - point.y) / (reach.y + size / 2)),
  );
  const least = Math.min(...distances);
  return least <= 1 ? distances.indexOf(least) : null;
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
