/** A frame with the riders and zones drawn on it. Everything is in shares of the frame, so it fits at any size. */
import type { ComponentChildren } from 'preact';
import type { Point } from '../../../base/geometry.ts';
import type { SeenRider } from '../live.ts';
import { activityName, text } from '../texts.ts';

interface ShownZone {
  readonly name: string;
  readonly points: readonly Point[];
}

interface Props {
  readonly src: string;
  readonly alt: string;
  readonly riders?: readonly SeenRider[];
  readonly zones?: readonly ShownZone[];
  readonly chosen?: number | null;
  readonly onRider?: (index: number) => void;
  readonly children?: ComponentChildren;
}

/** A box is drawn at least so high, as a share of the frame: a rider of 8 pixels must be found by the eye. */
const LEAST_BOX = 0.018;

export function Picture({ src, alt, riders = [], zones = [], chosen = null, onRider, children }: Props) {
  return (
    <figure class="picture">
      <img src={src} alt={alt} decoding="async" />
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        {zones.map(({ name, points }) => (
          <polygon
            key={name}
            class="zone"
            points={points.map(({ x, y }) => `${1000 * x},${1000 * y}`).join(' ')}
            vector-effect="non-scaling-stroke"
          />
        ))}
      </svg>
      {riders.map((rider, index) => (
        <Rider
          key={`${rider.x} ${rider.y}`}
          rider={rider}
          number={index + 1}
          isChosen={chosen === index}
          {...(onRider !== undefined && { onChoose: () => onRider(index) })}
        />
      ))}
      {children}
    </figure>
  );
}

interface RiderProps {
  readonly rider: SeenRider;
  readonly number: number;
  readonly isChosen: boolean;
  readonly onChoose?: () => void;
}

function Rider({ rider, number, isChosen, onChoose }: RiderProps) {
  const { activity, x, y, size, score } = rider;
  const height = Math.max(size, LEAST_BOX);
  const place = (element: HTMLElement | null) => {
    if (element === null) return;
    element.style.left = `${100 * x}%`;
    element.style.top = `${100 * y}%`;
    element.style.height = `${130 * height}%`;
  };
  const says = `${number}: ${activityName(activity)}, ${Math.round(100 * score)} %`;
  const names = `rider ${activity}${isChosen ? ' chosen' : ''}`;
  if (onChoose === undefined) return <span ref={place} class={names} role="img" aria-label={says} title={says} />;
  return (
    <button ref={place} type="button" class={names} aria-label={`${says}. ${text('now.why')}`} title={says} aria-pressed={isChosen} onClick={onChoose} />
  );
}
