/** A chart over time. The library is loaded with the first one. */
import { useEffect, useRef } from 'preact/hooks';
import { language } from '../texts.ts';
import { theme } from '../theme.ts';

export interface ChartSeries {
  readonly name: string;
  /** A variable of the style sheet: `--surfing`. */
  readonly colour: string;
  /** One a time; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What it shows, in words: a screen reader cannot read a drawing. */
  readonly label: string;
  /** In pixels; it is as wide as there is room. */
  readonly height: number;
  /** Seconds since the epoch, rising. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Bars are stacked. */
  readonly kind: 'line' | 'bars';
  /** Upper end of the scale; without it as high as the values. */
  readonly most?: number;
  /** A value as it is written at the axis and in the legend. */
  readonly said: (value: number) => string;
  /** Whose hours are written at the axis; without it the browser's. */
  readonly timeZone?: string;
}

export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  // A canvas knows no style sheet: it is drawn anew in other colours or another language.
  const key = JSON.stringify([props.times, props.series, props.label, theme.value, language.value]);
  useEffect(() => {
    let isOver = false;
    let end = () => {};
    // Without the library there is no drawing; its label says the same.
    import('./draw-chart.ts').then(
      ({ drawChart }) => {
        if (!isOver && box.current !== null) end = drawChart(box.current, props);
      },
      () => undefined,
    );
    return () => {
      isOver = true;
      end();
    };
  }, [key]);
  return <div ref={box} class="chart" role="img" aria-label={props.label} />;
}
