/** The heads that are kept, and all that became of heads. */
import { useSignal } from '@preact/signals';
import { Dialog } from '../../parts/dialog.tsx';
import { Reasons } from '../../parts/reasons.tsx';
import { clockTime, number, percent, text } from '../../texts.ts';
import type { Head, HistoryEntry } from './models.ts';
import { t } from './texts.ts';

interface HeadsProps {
  readonly models: readonly Head[];
  readonly history: readonly HistoryEntry[];
  readonly mayOperate: boolean;
  readonly onRollback: (to: string) => void;
}

export function Heads({ models, history, mayOperate, onRollback }: HeadsProps) {
  const asked = useSignal<string | null>(null);
  return (
    <>
      <section class="card stack">
        <h2>{t('heads')}</h2>
        <ul class="heads">
          {models.map(({ id, createdAt, origin, current, figures }) => (
            <li key={id} class="row spread">
              <div>
                <p>
                  <strong>{id}</strong> {current && <span class="badge">{t('inUse')}</span>}
                </p>
                <p class="small muted">
                  {t(`origin.${origin}`)} · {clockTime(createdAt)}
                  {figures?.board != null && ` · ${t('macroF1')} ${percent(figures.board.candidate.macroF1)}`}
                </p>
              </div>
              {!current && (
                <button
                  type="button"
                  disabled={!mayOperate}
                  onClick={() => {
                    asked.value = id;
                  }}
                >
                  {t('use')}
                  <span class="hidden"> {id}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section class="card stack">
        <h2>{t('history')}</h2>
        {history.length === 0 && <p class="muted">{t('noHistory')}</p>}
        <ol class="heads">
          {history.map(({ at, event, from, to, reasons, labelled }) => (
            <li key={`${at} ${event}`}>
              <p class="row">
                <strong>{t(`event.${event}`)}</strong>
                <span class="small muted">
                  {clockTime(at)}
                  {` · ${t('labelled', { count: number(labelled) })}`}
                  {from !== null && to !== null && ` · ${from} → ${to}`}
                </span>
              </p>
              <div class="small muted">
                <Reasons reasons={reasons} />
              </div>
            </li>
          ))}
        </ol>
      </section>
      {asked.value !== null && (
        <Dialog
          title={t('useTitle')}
          onClose={() => {
            asked.value = null;
          }}
          actions={
            <>
              <button
                type="button"
                onClick={() => {
                  asked.value = null;
                }}
              >
                {text('cancel')}
              </button>
              <button
                type="button"
                class="primary"
                onClick={() => {
                  if (asked.value !== null) onRollback(asked.value);
                  asked.value = null;
                }}
              >
                {t('use')}
              </button>
            </>
          }
        >
          <p>{t('useWhy', { head: asked.value })}</p>
        </Dialog>
      )}
    </>
  );
}
