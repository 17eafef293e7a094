/**
 * A picture with what is drawn over it, to zoom by wheel, pinch, keys and buttons. All places are shares of the picture
 * (0..1), so that a drawing fits at any size: `shapes` are SVG in a view box of 1 × 1 (give lines
 * `vector-effect="non-scaling-stroke"`), children are HTML put in their place by `ref={placed({…})}`.
 */
import { useSignal } from '@preact/signals';
import type {
  ComponentChildren,
  TargetedKeyboardEvent,
  TargetedMouseEvent,
  TargetedPointerEvent,
} from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Point } from '../../../base/geometry.ts';
import { text } from '../texts.ts';
import { moved, WHOLE, type Zoom, zoomed } from './zoom.ts';

interface PictureProps {
  readonly src: string;
  readonly alt: string;
  readonly shapes?: ComponentChildren;
  readonly children?: ComponentChildren;
  /**
   * Somebody clicked or tapped a place, not an element over it.
   *
   * @param reach how far from it a finger may have meant, in shares too
   */
  readonly onPoint?: (point: Point, reach: Point) => void;
}

const STEP = 1.6;
/** In shares of what is shown. */
const PANS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: 0.15, y: 0 },
  ArrowRight: { x: -0.15, y: 0 },
  ArrowUp: { x: 0, y: 0.15 },
  ArrowDown: { x: 0, y: -0.15 },
};
/** A press that moves further, in pixels, pans. */
const SLOP_PX = 6;
const FINGER_PX = 24;

export function Picture({ src, alt, shapes, children, onPoint }: PictureProps) {
  const zoom = useSignal<Zoom>(WHOLE);
  const isGone = useSignal(false);
  const frame = useRef<HTMLDivElement>(null);
  const pressed = useRef(new Map<number, { x: number; y: number }>());
  const travelled = useRef(0);

  const zoomBy = (factor: number, at: Point = { x: 0.5, y: 0.5 }) => {
    zoom.value = zoomed(zoom.value, factor, at);
  };

  // A listener of Preact's is passive where the browser says so, and could not keep the page from scrolling.
  useEffect(() => {
    const element = frame.current;
    const onWheel = (event: WheelEvent) => {
      if (element === null || (event.deltaY > 0 && zoom.value.scale === 1 && !event.ctrlKey)) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 400), shareOf(event, element));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, []);

  const onPointerDown = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (pressed.current.size === 0) travelled.current = 0;
    pressed.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const before = pressed.current.get(event.pointerId);
    if (before === undefined) return;
    const { clientX: x, clientY: y, currentTarget: element } = event;
    const others = [...pressed.current].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const [other] = others;
    travelled.current += Math.hypot(x - before.x, y - before.y);
    pressed.current.set(event.pointerId, { x, y });
    if (travelled.current > SLOP_PX && !element.hasPointerCapture(event.pointerId)) {
      element.setPointerCapture(event.pointerId);
    }
    if (other === undefined) {
      const { width, height } = element.getBoundingClientRect();
      zoom.value = moved(zoom.value, { x: (x - before.x) / width, y: (y - before.y) / height });
    } else {
      const distance = (place: { x: number; y: number }) =>
        Math.max(1, Math.hypot(place.x - other.x, place.y - other.y));
      const middle = { clientX: (x + other.x) / 2, clientY: (y + other.y) / 2 };
      zoomBy(distance({ x, y }) / distance(before), shareOf(middle, element));
    }
  };
  const onPointerEnd = (event: TargetedPointerEvent<HTMLDivElement>) => {
    pressed.current.delete(event.pointerId);
  };
  const onClick = (event: TargetedMouseEvent<HTMLDivElement>) => {
    const isOnElement = event.target instanceof Element && event.target.closest('button, a') !== null;
    if (isOnElement || travelled.current > SLOP_PX) return;
    const share = shareOf(event, event.currentTarget);
    const { scale, x, y } = zoom.value;
    const { width, height } = event.currentTarget.getBoundingClientRect();
    onPoint?.(
      { x: x + share.x / scale, y: y + share.y / scale },
      { x: FINGER_PX / (width * scale), y: FINGER_PX / (height * scale) },
    );
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    // Keys on what lies over the picture are its own.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const pan = PANS[event.key];
    if (event.key === '+' || event.key === '=') zoomBy(STEP);
    else if (event.key === '-') zoomBy(1 / STEP);
    else if (event.key === '0') zoom.value = WHOLE;
    else if (pan !== undefined && zoom.value.scale > 1) zoom.value = moved(zoom.value, pan);
    else return;
    event.preventDefault();
  };
  const place = (stage: HTMLElement | null) => {
    if (stage === null) return;
    const { scale, x, y } = zoom.value;
    stage.style.width = `${100 * scale}%`;
    stage.style.height = `${100 * scale}%`;
    stage.style.left = `${-100 * x * scale}%`;
    stage.style.top = `${-100 * y * scale}%`;
  };

  return (
    <figure class="picture">
      {/* biome-ignore lint/a11y/useSemanticElements: a field set belongs to a form */}
      <div
        ref={frame}
        class={`frame${zoom.value.scale > 1 ? ' zoomed' : ''}${onPoint === undefined ? '' : ' pointing'}`}
        role="group"
        aria-label={text('pictureKeys')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onPointerLeave={onPointerEnd}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <div ref={place} class="stage">
          <img
            src={src}
            alt={alt}
            decoding="async"
            draggable={false}
            onLoad={({ currentTarget: image }) => {
              isGone.value = false;
              frame.current?.style.setProperty('--ratio', `${image.naturalWidth / image.naturalHeight}`);
            }}
            onError={() => {
              isGone.value = true;
            }}
          />
          <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            {shapes}
          </svg>
          {children}
        </div>
        {isGone.value && <p class="gone">{text('noPicture')}</p>}
      </div>
      <div class="zoom">
        <button type="button" aria-label={text('zoomIn')} title={text('zoomIn')} onClick={() => zoomBy(STEP)}>
          +
        </button>
        <button
          type="button"
          aria-label={text('zoomOut')}
          title={text('zoomOut')}
          disabled={zoom.value.scale === 1}
          onClick={() => zoomBy(1 / STEP)}
        >
          −
        </button>
        {zoom.value.scale > 1 && (
          <button
            type="button"
            aria-label={text('whole')}
            title={text('whole')}
            onClick={() => {
              zoom.value = WHOLE;
            }}
          >
            ⤢
          </button>
        )}
      </div>
    </figure>
  );
}

/** Puts an element over a picture: its middle at x, y; so wide and high where that is given. All in shares. */
export function placed(at: Point & { readonly w?: number; readonly h?: number }) {
  return (element: HTMLElement | null): void => {
    if (element === null) return;
    element.style.left = `${100 * at.x}%`;
    element.style.top = `${100 * at.y}%`;
    if (at.w !== undefined) element.style.width = `${100 * at.w}%`;
    if (at.h !== undefined) element.style.height = `${100 * at.h}%`;
  };
}

/** The place of the picture under a pointer, in shares, held inside it: to drag what lies over a picture. */
export function placeUnder(
  event: { readonly clientX: number; readonly clientY: number },
  over: Element,
): Point {
  const stage = over.closest('.stage') ?? over;
  const { x, y } = shareOf(event, stage);
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}

function shareOf(
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
  element: Element,
): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}
