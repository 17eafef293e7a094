/** The learning curve: how good each new head was. */
import { Chart } from '../../parts/chart.tsx';
import { number, percent } from '../../texts.ts';
import type { CurvePoint } from './models.ts';
import { t } from './texts.ts';

const HEIGHT = 240;

export function Curve({ points }: { readonly points: readonly CurvePoint[] }) {
  const [first, last] = [points[0], points.at(-1)];
  return (
    <section class="card stack">
      <h2>{t('curve')}</h2>
      {first === undefined || last === undefined ? (
        <p class="muted">{t('noCurve')}</p>
      ) : (
        <>
          <Chart
            kind="line"
            height={HEIGHT}
            most={1}
            said={percent}
            label={t('curveSays', { count: points.length, first: shown(first), last: shown(last) })}
            times={points.map(({ at }) => at)}
            series={[
              { name: t('curveBoard'), colour: '--surfing', values: points.map(({ board }) => board) },
              { name: t('curveBase'), colour: '--windsurfing', values: points.map(({ base }) => base) },
            ]}
          />
          <p class="small row">
            <span class="activity board">{t('curveBoard')}</span>
            <span class="activity base">{t('curveBase')}</span>
            <span class="muted">
              {t('labelled', {
                count:
                  first === last
                    ? number(last.labelled)
                    : `${number(first.labelled)} → ${number(last.labelled)}`,
              })}
            </span>
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
