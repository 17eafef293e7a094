/** Handles of a zone on the picture: to drag, and to move by keys. */
import type { Point } from '../../../../base/geometry.ts';
import { placed, placeUnder } from '../../parts/picture.tsx';
import { t } from './texts.ts';

interface CornerProps {
  readonly at: Point;
  readonly label: string;
  readonly onMove: (to: Point) => void;
  readonly onRemove: () => void;
}

/** With an arrow key; with Shift a tenth of it. */
const STEP = 0.01;

export function Corner({ at, label, onMove, onRemove }: CornerProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? STEP / 10 : STEP;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[
      event.key
    ];
    if (by !== undefined) onMove({ x: at.x + (by[0] ?? 0), y: at.y + (by[1] ?? 0) });
    else if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
    else return;
    event.preventDefault();
  };
  return (
    <button
      type="button"
      class="corner"
      ref={placed(at)}
      aria-label={label}
      title={label}
      onKeyDown={onKeyDown}
      onDblClick={onRemove}
      onPointerDown={event => {
        // The picture must not move with it.
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={event => {
        if (event.currentTarget.hasPointerCapture(event.pointerId))
          onMove(placeUnder(event, event.currentTarget));
      }}
    />
  );
}

/** Puts another corner on a side. */
export function Middle({ at, onAdd }: { readonly at: Point; readonly onAdd: () => void }) {
  return (
    <button
      type="button"
      class="middle"
      ref={placed(at)}
      aria-label={t('corner.add')}
      title={t('corner.add')}
      onClick={onAdd}
    />
  );
}
