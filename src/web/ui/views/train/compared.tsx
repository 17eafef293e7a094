/** The new head beside the old one, in figures. */
import { activityName, number, percent } from '../../texts.ts';
import type { Comparison, Figures } from './models.ts';
import { t } from './texts.ts';

export function Compared({ figures: { board, base, detections } }: { readonly figures: Figures }) {
  return (
    <div class="stack">
      {board !== null && (
        <Table title={t('onBoard', { count: number(board.candidate.judged) })} compared={board} />
      )}
      {base !== null && (
        <Table title={t('onBase', { count: number(base.candidate.judged) })} compared={base} />
      )}
      {detections != null && (
        <p class="small">
          {t('detections', {
            frames: number(detections.frames),
            before: number(detections.before),
            after: number(detections.after),
            elsewhere: number(detections.elsewhere),
          })}
        </p>
      )}
    </div>
  );
}

function Table({
  title,
  compared: { incumbent, candidate },
}: {
  readonly title: string;
  readonly compared: Comparison;
}) {
  const rows = Object.keys(candidate.recall).filter(name => candidate.recall[name] != null);
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t('measure')}</th>
          <th scope="col">{t('old')}</th>
          <th scope="col">{t('new')}</th>
          <th scope="col">
            <span class="hidden">{t('change')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <Row name={t('macroF1')} before={incumbent.macroF1} after={candidate.macroF1} isMain />
        {rows.map(name => (
          <Row
            key={name}
            name={t('found', { activity: activityName(name) })}
            before={incumbent.recall[name] ?? null}
            after={candidate.recall[name] ?? null}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly isMain?: boolean;
}

function Row({ name, before, after, isMain = false }: RowProps) {
  const points = before === null || after === null ? 0 : Math.round(100 * after) - Math.round(100 * before);
  return (
    <tr class={isMain ? 'main' : ''}>
      <th scope="row">{name}</th>
      <td>{before === null ? '–' : percent(before)}</td>
      <td>{after === null ? '–' : percent(after)}</td>
      <td class={points > 0 ? 'better' : points < 0 ? 'worse' : ''}>
        {points === 0 ? '=' : `${points > 0 ? '▲ +' : '▼ −'}${Math.abs(points)}`}
      </td>
    </tr>
  );
}
