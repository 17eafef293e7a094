/** One frame with what may be a rider in it, and what somebody says of each. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Point } from '../../../../base/geometry.ts';
import { pictureOf } from '../../api.ts';
import { topicValue } from '../../live.ts';
import { Picture, placed } from '../../parts/picture.tsx';
import { Reasons } from '../../parts/reasons.tsx';
import { activityName, clockTime } from '../../texts.ts';
import { isTaken, KEYS, lettersOf } from './keys.ts';
import { MarkRow } from './mark-row.tsx';
import { next, nobodyInAll, queue, review as reviewNow, said, undo } from './queue.ts';
import {
  added,
  changed,
  emptied,
  type Group,
  type Mark,
  type Review,
  riderIn,
  ridersIn,
  toggled,
} from './review.ts';
import { t } from './texts.ts';

interface ReviewedProps {
  readonly group: Group;
  readonly review: Review;
  readonly mayOperate: boolean;
}

const USUAL = ['surfing', 'windsurfing', 'kitesurfing'];

export function Reviewed({ group: [frame, ...alike], review, mayOperate }: ReviewedProps) {
  const activities = topicValue('info')?.activities ?? USUAL;
  const letters = lettersOf(activities);
  /** What a rider does that is added. */
  const brush = useSignal(activities.includes(frame.activity) ? frame.activity : (activities[0] ?? ''));
  const chosen = useSignal<number | null>(null);
  /** Where the next rider is added by keys. */
  const cross = useSignal<Point | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const riders = ridersIn(review);

  // Keys may come faster than the page is drawn: what counts is what is said by now, and only of the frame that is seen.
  const saidNow = () => {
    const now = reviewNow.peek();
    return now?.frame === frame.frame ? now : null;
  };
  const change = (how: (now: Review) => Review) => {
    const now = saidNow();
    if (now !== null) reviewNow.value = how(now);
  };
  const answer = (how: (now: Review) => Review | null) => {
    const now = saidNow();
    if (now !== null) next(how(now));
  };
  const confirm = () => answer(now => (ridersIn(now) === 0 ? emptied(now) : now));
  const pass = () => answer(() => null);
  const emptyAll = () => {
    if (alike.length > 0 && saidNow() !== null) nobodyInAll();
  };
  const toHeading = () => heading.current?.focus({ preventScroll: true });
  // The keys work from here on, and a screen reader says what is asked.
  useLayoutEffect(toHeading, []);
  usePictureOf(queue.value?.[1]?.[0].frame);

  const add = (point: Point) => {
    const image = panel.current?.querySelector('img');
    const aspect =
      image == null || image.naturalHeight === 0 ? 16 / 9 : image.naturalWidth / image.naturalHeight;
    chosen.value = saidNow()?.marks.length ?? null;
    change(now => added(now, point, brush.value, aspect));
  };
  const say = (index: number, what: Parameters<typeof changed>[2]) =>
    change(now => changed(now, index, what));
  const choose = (activity: string) => {
    if (chosen.value === null) brush.value = activity;
    else say(chosen.value, { is: 'rider', activity });
  };

  const leaveCross = (isAdded: boolean) => {
    if (isAdded && cross.value !== null) add(cross.value);
    cross.value = null;
    toHeading();
  };
  /** The arrow keys lead the cross, in small steps with Shift, Enter adds a rider: also before the cross has the focus. */
  const onCrossKey = (event: KeyboardEvent): boolean => {
    const at = cross.value;
    const isOnCross = event.target instanceof Element && event.target.closest('.cross') !== null;
    if (at === null || !(isOnCross || !isTaken(event))) return false;
    const step = event.shiftKey ? NEAR : FAR;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[
      event.key
    ];
    const share = (value: number) => Math.min(1, Math.max(0, value));
    if (by !== undefined) cross.value = { x: share(at.x + (by[0] ?? 0)), y: share(at.y + (by[1] ?? 0)) };
    else if (event.key === 'Enter' || event.key === ' ') leaveCross(true);
    else if (event.key === 'Escape') leaveCross(false);
    else return false;
    event.preventDefault();
    return true;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (onCrossKey(event) || isTaken(event)) return;
    const { key } = event;
    const activity = [...letters].find(([, letter]) => letter === key)?.[0];
    const index = /^\d$/.test(key) ? (Number(key) + 9) % 10 : -1;
    if (!mayOperate && key !== KEYS.pass) return;
    if (key === 'Enter') confirm();
    else if (activity !== undefined) choose(activity);
    else if (index >= 0 && index < review.marks.length) {
      change(now => toggled(now, index));
      chosen.value = index;
    } else if ((key === KEYS.wrong || key === 'Delete') && chosen.value !== null) {
      say(chosen.value, { is: 'nobody' });
    } else if (key === KEYS.nobodyHere) answer(emptied);
    else if (key === KEYS.nobodyInAll) emptyAll();
    else if (key === KEYS.everybody) change(now => ({ ...now, complete: !now.complete }));
    else if (key === KEYS.pass) pass();
    else if (key === KEYS.undo) undo();
    else if (key === KEYS.add) cross.value = { x: 0.5, y: 0.5 };
    else if (key === 'Escape') chosen.value = null;
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its keys are shortcuts of the buttons inside
    <div class="sides" ref={panel} onKeyDown={onKeyDown}>
      <div class="stack">
        <Picture
          src={pictureOf(frame.frame)}
          alt={t('picture', { time: clockTime(frame.takenAt) })}
          {...(mayOperate && { onPoint: add })}
        >
          {review.marks.map((mark, index) => (
            <button
              key={index}
              type="button"
              ref={placed(middleOf(mark))}
              class={`spot is-${mark.is} ${mark.is === 'nobody' ? 'none' : mark.activity}${chosen.value === index ? ' chosen' : ''}`}
              data-number={index + 1}
              aria-label={`${index + 1}: ${mark.is === 'rider' ? activityName(mark.activity) : t(mark.is)}`}
              disabled={!mayOperate}
              onFocus={() => {
                chosen.value = index;
              }}
              onClick={({ detail }) => {
                change(now => toggled(now, index));
                // After a click the keys are for the frame again.
                if (detail > 0) toHeading();
              }}
            />
          ))}
          {cross.value !== null && <Cross at={cross.value} onAdd={() => leaveCross(true)} />}
        </Picture>
        <div class="actions">
          <button type="button" class="primary" disabled={!mayOperate} onClick={confirm}>
            {riders === 0 ? t('nobodyHere') : t('confirm', { count: riders })}
            <Key name="↵" />
          </button>
          {riders > 0 && (
            <button type="button" disabled={!mayOperate} onClick={() => answer(emptied)}>
              {t('nobodyHere')}
              <Key name={KEYS.nobodyHere} />
            </button>
          )}
          {alike.length > 0 && (
            <button type="button" disabled={!mayOperate} onClick={emptyAll}>
              {t('nobodyInAll', { count: alike.length + 1 })}
              <Key name={KEYS.nobodyInAll} />
            </button>
          )}
          <button type="button" onClick={pass}>
            {t('pass')}
            <Key name={KEYS.pass} />
          </button>
          <button type="button" disabled={!mayOperate || said.value.length === 0} onClick={undo}>
            {t('undo')}
            <Key name={KEYS.undo} />
          </button>
        </div>
        <div class="row spread">
          <label class="row everybody">
            <input
              type="checkbox"
              checked={review.complete}
              disabled={!mayOperate}
              onChange={({ currentTarget: { checked } }) => change(now => ({ ...now, complete: checked }))}
            />
            <span>
              {t('complete')}
              <Key name={KEYS.everybody} />
            </span>
          </label>
          <button
            type="button"
            class="quiet by-keys"
            disabled={!mayOperate}
            onClick={() => {
              cross.value = { x: 0.5, y: 0.5 };
            }}
          >
            {t('addByKeys')}
            <Key name={KEYS.add} />
          </button>
        </div>
        <div class="row">
          <span class="small muted" id="brush">
            {t('brush')}
          </span>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere */}
          <div class="choice brush" role="group" aria-labelledby="brush">
            {activities.map(activity => (
              <button
                key={activity}
                type="button"
                class={`activity ${activity}`}
                aria-pressed={brush.value === activity}
                onClick={() => {
                  brush.value = activity;
                }}
              >
                {activityName(activity)}
                <Key name={letters.get(activity)} />
              </button>
            ))}
          </div>
        </div>
      </div>
      <div class="card stack asked">
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {t(`ask.${frame.ask}`)}
          </h2>
          <p class="small muted">
            {clockTime(frame.takenAt)}
            {alike.length > 0 && ` · ${t('alike', { count: alike.length })}`}
          </p>
          {alike.length > 0 && (
            <ul class="alike">
              {alike.map(({ frame: id, takenAt }) => (
                <li key={id}>
                  <a href={pictureOf(id)} target="_blank" rel="noopener">
                    <img
                      src={pictureOf(id, { width: 640 })}
                      alt={t('picture', { time: clockTime(takenAt) })}
                      loading="lazy"
                    />
                  </a>
                </li>
              ))}
            </ul>
          )}
          <details class="small">
            <summary>{t('why')}</summary>
            <Reasons reasons={frame.reasons} />
          </details>
        </div>
        {review.marks.length === 0 && <p class="muted">{t('noMarks')}</p>}
        <ol class="marks" hidden={review.marks.length === 0}>
          {review.marks.map((mark, index) => (
            <MarkRow
              key={index}
              frame={frame.frame}
              mark={mark}
              number={index + 1}
              activities={activities}
              letters={letters}
              isChosen={chosen.value === index}
              mayOperate={mayOperate}
              onChoose={() => {
                chosen.value = index;
              }}
              onChange={what =>
                mark.score === null && what.is === 'nobody'
                  ? change(now => toggled(now, index))
                  : say(index, what)
              }
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

/** On the picture a mark lies on the rider alone. */
function middleOf({ box }: Mark) {
  const { x, y, w, h } = riderIn(box);
  return { x: x + w / 2, y: y + h / 2, w, h };
}

function Key({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : (
    <span class="key" aria-hidden="true">
      {name}
    </span>
  );
}

const FAR = 0.02;
const NEAR = 0.003;

/** Where the keys would add a rider. */
function Cross({ at, onAdd }: { readonly at: Point; readonly onAdd: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <button
      ref={element => {
        button.current = element;
        placed(at)(element);
      }}
      type="button"
      class="cross"
      aria-label={t('cross')}
      onClick={onAdd}
    />
  );
}

/** Has the browser load the picture that comes next. */
function usePictureOf(frame: string | undefined): void {
  useEffect(() => {
    if (frame !== undefined) new Image().src = pictureOf(frame);
  }, [frame]);
}
