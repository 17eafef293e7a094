/** Labels of each activity, and what ten more would bring. */

import { labelsInOrder } from '../../../../base/activities.ts';
import { activityName, number, percent } from '../../texts.ts';
import { progress } from './models.ts';
import { t } from './texts.ts';

export function LabelCounts() {
  const counts = progress.value;
  const names = labelsInOrder(Object.keys(counts));
  const most = Math.max(1, ...names.map(name => counts[name]?.labels ?? 0));
  return (
    <section class="card stack">
      <h2>{t('labels')}</h2>
      {names.length === 0 && <p class="muted">{t('noLabels')}</p>}
      <ul class="counts">
        {names.map(name => {
          const { labels = 0, waiting = 0, tenMore = null } = counts[name] ?? {};
          return (
            <li key={name} class={name}>
              <p class="row spread">
                <span class={`activity ${name}`}>{activityName(name)}</span>
                <strong class="figure">{number(labels)}</strong>
              </p>
              <Bar share={labels / most} />
              <p class="small muted">
                {waiting > 0 ? t('waiting', { count: waiting }) : t('learnt')}
                {tenMore !== null &&
                  ` · ${t('tenMore', { low: percent(tenMore.low), high: percent(tenMore.high) })}`}
              </p>
            </li>
          );
        })}
      </ul>
      <a class="button" href="#/label">
        {t('toLabel')}
      </a>
    </section>
  );
}

function Bar({ share }: { readonly share: number }) {
  return (
    <div class="bar" aria-hidden="true">
      <div
        ref={element => {
          if (element !== null) element.style.width = `${100 * share}%`;
        }}
      />
    </div>
  );
}
