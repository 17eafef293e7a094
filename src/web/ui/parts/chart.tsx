/** A chart over time. The library is loaded with the first one. */
import { useEffect, useRef } from 'preact/hooks';
import { language } from '../texts.ts';
import { theme } from '../theme.ts';
import type { ChartProps } from './draw-chart.ts';

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
