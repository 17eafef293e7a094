/** What the board has learnt, how to have it learn more, and which head is in use. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { command } from '../../api.ts';
import { topicValue } from '../../live.ts';
import { Fault, Notice } from '../../parts/notice.tsx';
import { Reasons } from '../../parts/reasons.tsx';
import { text } from '../../texts.ts';
import { Compared } from './compared.tsx';
import { Curve } from './curve.tsx';
import { Heads } from './heads.tsx';
import { Held } from './held.tsx';
import { Job } from './job.tsx';
import { LabelCounts } from './label-counts.tsx';
import { curveOf, load, models } from './models.ts';
import { t } from './texts.ts';
import './train.css';

const AT_WORK = ['queued', 'training', 'gating'];

export function Train({ mayOperate }: { readonly mayOperate: boolean }) {
  const fault = useSignal<unknown>(null);
  const training = topicValue('training');
  const isAtWork = AT_WORK.includes(training?.state ?? '');
  // A job that ends, and a head that is decided on, change the list.
  const shown = useComputed(() => [topicValue('training')?.state, topicValue('info')?.head.id].join());
  const read = () =>
    load().then(
      () => {
        fault.value = null;
      },
      (error: unknown) => {
        fault.value = error;
      },
    );
  const act = (verb: string, args: object = {}) =>
    command(verb, args).then(read, (error: unknown) => {
      fault.value = error;
    });
  useSignalEffect(() => {
    if (shown.value !== '') void read();
  });

  const list = models.value;
  const result = training?.result ?? null;
  return (
    <div class="stack training">
      <div class="row spread">
        <h1>{t('title')}</h1>
        <div class="row">
          {isAtWork && (
            <button type="button" disabled={!mayOperate} onClick={() => act('cancel')}>
              {text('cancel')}
            </button>
          )}
          <button
            type="button"
            class="primary"
            disabled={!mayOperate || isAtWork}
            onClick={() => act('retrain')}
          >
            {t('retrain')}
          </button>
        </div>
      </div>
      {!mayOperate && <Notice kind="info" title={text('lookOnly')} />}
      <Fault error={fault.value} />
      {training !== undefined && <Job training={training} />}
      {list?.held != null && <Held held={list.held} mayOperate={mayOperate} onDecide={act} />}
      <div class="sides">
        <div class="stack">
          {result !== null && training?.state !== 'held' && (
            <section class="card stack">
              <h2>{t('compared')}</h2>
              <Compared figures={{ base: result.base, board: result.board, detections: result.detections }} />
              <details class="small">
                <summary>{t('reasons')}</summary>
                <Reasons reasons={result.reasons} />
              </details>
            </section>
          )}
          {list !== null && <Curve points={curveOf(list.history)} />}
        </div>
        <LabelCounts />
      </div>
      {list !== null && (
        <Heads {...list} mayOperate={mayOperate} onRollback={to => act('rollback', { to })} />
      )}
    </div>
  );
}
