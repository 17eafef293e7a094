/** Frames from which the head is likely to learn most, one after the other: who is a rider in them, and doing what. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Fault, Notice } from '../../parts/notice.tsx';
import { clockTime, text } from '../../texts.ts';
import { labelledNow, load, queue, refused, retry, review, said, unsent, waitingLabels } from './queue.ts';
import { Reviewed } from './reviewed.tsx';
import { t } from './texts.ts';
import './label.css';

/** Labels that make a retraining worth its while. */
const ENOUGH = 10;

export function Label({ mayOperate }: { readonly mayOperate: boolean }) {
  const fault = useSignal<unknown>(null);
  const isLoading = useSignal(false);
  const read = async () => {
    isLoading.value = true;
    fault.value = await load().then(
      () => null,
      (error: unknown) => error,
    );
    isLoading.value = false;
  };
  useEffect(() => {
    if (queue.value === null || queue.value.length === 0) void read();
  }, []);
  const group = queue.value?.[0];
  return (
    <div class="stack labelling">
      <div class="row spread">
        <h1>{t('title')}</h1>
        <Progress />
      </div>
      {!mayOperate && <Notice kind="info" title={text('lookOnly')} />}
      <Fault error={fault.value} />
      <Refusals />
      {group !== undefined && review.value !== null ? (
        <Reviewed key={group[0].frame} group={group} review={review.value} mayOperate={mayOperate} />
      ) : (
        <Empty isLoading={isLoading.value} onRead={read} />
      )}
    </div>
  );
}

function Progress() {
  const count = waitingLabels.value;
  return (
    <div class="progress">
      <progress aria-label={t('progress')} max={ENOUGH} value={Math.min(ENOUGH, count)} />
      <span class="small muted" aria-live="polite">
        {unsent.value > 0
          ? t('saving', { count: unsent.value })
          : count < ENOUGH
            ? t('more', { count: ENOUGH - count })
            : t('enough', { count })}
      </span>
      {count >= ENOUGH && (
        <a class="button" href="#/train">
          {t('toTrain')}
        </a>
      )}
    </div>
  );
}

/** A label that the daemon did not take is not lost: its frame comes back as it was left. */
function Refusals() {
  const [first, ...others] = refused.value;
  if (first === undefined) return null;
  return (
    <div class="stack">
      <Fault error={first.error} />
      <div class="row">
        <button type="button" onClick={retry}>
          {t('retry', { time: clockTime(first.group[0].takenAt) })}
        </button>
        {others.length > 0 && <span class="muted">{t('retryMore', { count: others.length })}</span>}
      </div>
    </div>
  );
}

function Empty({ isLoading, onRead }: { readonly isLoading: boolean; readonly onRead: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const labelled = labelledNow.value;
  useEffect(() => {
    if (said.value.length > 0) heading.current?.focus();
  }, []);
  if (isLoading) return <p class="muted">{text('loading')}</p>;
  return (
    <section class="card stack">
      <h2 ref={heading} tabIndex={-1}>
        {labelled > 0 ? t('done', { count: labelled }) : t('empty')}
      </h2>
      <p class="muted">{labelled > 0 ? t('doneWhy') : t('emptyWhy')}</p>
      <div class="row">
        <button type="button" onClick={onRead}>
          {t('again')}
        </button>
        {labelled > 0 && (
          <a class="button" href="#/train">
            {t('toTrain')}
          </a>
        )}
      </div>
    </section>
  );
}
