/** The training job that runs, or what became of the last one. */
import type { Payloads } from '../../../../messaging/topics.ts';
import { infoOf } from '../../live.ts';
import { faultText, InEnglish, Notice } from '../../parts/notice.tsx';
import { clockTime, language, number } from '../../texts.ts';
import { t } from './texts.ts';

type Training = Payloads['training'];

export function Job({ training }: { readonly training: Training }) {
  const { state, progress, epoch, epochs, loss, secondsLeft, finishedAt, result, error } = training;
  if (state === 'idle' || state === 'held') return null;
  if (state === 'cancelled') return <Notice kind="info" title={t('cancelled')} isLive />;
  if (error !== null || state === 'failed') {
    return (
      <Notice kind="fault" title={t('failed')} isLive>
        {error !== null && (
          <>
            {faultText(error.code)}
            <InEnglish {...error} />
          </>
        )}
      </Notice>
    );
  }
  if (state === 'done') {
    const outcome = result?.outcome ?? 'rejected';
    const inUse = infoOf()?.head.id;
    // Somebody has chosen another since, or the daemon has.
    if (outcome === 'promoted' && inUse !== undefined && inUse !== result?.head) return null;
    const when = finishedAt === null ? '' : clockTime(finishedAt);
    return (
      <Notice kind={outcome === 'promoted' ? 'good' : 'info'} title={t(`outcome.${outcome}`)} isLive>
        {result !== null &&
          t('learntFrom', { frames: result.samples.board, held: result.samples.boardHeld, when })}
      </Notice>
    );
  }
  const facts = [
    ...(epoch === null || epochs === null ? [] : [t('epoch', { epoch, epochs })]),
    ...(loss === null ? [] : [t('loss', { loss: number(loss, 3) })]),
    ...(secondsLeft === null ? [] : [t('left', { time: lengthOf(secondsLeft) })]),
  ];
  return (
    <section class="card stack job">
      <p role="status">
        <strong>{t(`state.${state}`)}</strong>
      </p>
      <progress aria-label={t('progress')} value={progress} max={1} />
      <p class="small muted figure">{facts.join(' · ')}</p>
    </section>
  );
}

/** `40 sec` or `3 min` */
function lengthOf(seconds: number): string {
  const [value, unit] = seconds < 90 ? [Math.ceil(seconds), 'second'] : [Math.round(seconds / 60), 'minute'];
  return new Intl.NumberFormat(language.value, { style: 'unit', unit }).format(value);
}
