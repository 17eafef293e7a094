/** The learning curve: how good each new head was. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language, percent } from '../../texts.ts';
import { theme } from '../../theme.ts';
import type { CurvePoint } from './models.ts';
import { t } from './texts.ts';

const HEIGHT = 240;

export function Curve({ points }: { readonly points: readonly CurvePoint[] }) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<UPlot | null>(null);

  const draw = async () => {
    const { default: Plot } = await import('uplot');
    const element = place.current;
    if (element === null) return;
    drawn.current?.destroy();
    drawn.current = new Plot(
      optionsOf(
        element,
        points.map(({ at }) => at),
      ),
      dataOf(points),
      element,
    );
  };
  useEffect(() => {
    void draw();
    const watch = new ResizeObserver(() => {
      const width = place.current?.clientWidth ?? 0;
      if (width > 0 && width !== drawn.current?.width) drawn.current?.setSize({ width, height: HEIGHT });
    });
    if (place.current !== null) watch.observe(place.current);
    return () => {
      watch.disconnect();
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [points.length, points.at(-1)?.at]);
  // Colours and words are in the drawing.
  useSignalEffect(() => {
    void [theme.value, language.value];
    if (drawn.current !== null) void draw();
  });

  const [first, last] = [points[0], points.at(-1)];
  return (
    <section class="card stack">
      <h2>{t('curve')}</h2>
      {first === undefined || last === undefined ? (
        <p class="muted">{t('noCurve')}</p>
      ) : (
        <>
          <div
            ref={place}
            class="curve"
            role="img"
            aria-label={t('curveSays', {
              count: points.length,
              first: shown(first),
              last: shown(last),
            })}
          />
          <p class="small row">
            <span class="activity board">{t('curveBoard')}</span>
            <span class="activity base">{t('curveBase')}</span>
          </p>
        </>
      )}
    </section>
  );
}

function shown({ board, base }: CurvePoint): string {
  const value = board ?? base;
  return value === null ? '–' : percent(value);
}

/** One retraining after the other, at equal distances: several may be minutes apart, others months. */
function dataOf(points: readonly CurvePoint[]): UPlot.AlignedData {
  return [points.map((_, index) => index), points.map(({ board }) => board), points.map(({ base }) => base)];
}

function optionsOf(element: HTMLElement, times: readonly number[]): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name);
  const line = {
    stroke: colour('color'),
    grid: { stroke: colour('border-color'), width: 1 },
    ticks: { show: false },
  };
  const day = new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'short' });
  const series = (name: string, stroke: string): UPlot.Series => ({
    label: name,
    stroke,
    width: 2.5,
    spanGaps: true,
    points: { show: true, size: 8, fill: stroke },
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.3, Math.max(1, times.length - 1) + 0.3] }, y: { range: [0, 1] } },
    axes: [
      {
        ...line,
        values: (_, ticks) =>
          ticks.map(tick => (times[tick] === undefined ? '' : day.format(times[tick] * 1000))),
        incrs: [1, 2, 5, 10, 20],
        size: 32,
      },
      { ...line, size: 56, values: (_, ticks) => ticks.map(percent) },
    ],
    series: [{}, series(t('curveBoard'), style.outlineColor), series(t('curveBase'), style.columnRuleColor)],
  };
}
