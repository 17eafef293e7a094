/** What the changes come to, before they are saved; and the restart that some of them need. */
import { useSignal } from '@preact/signals';
import { Fault, Notice } from '../../parts/notice.tsx';
import { text } from '../../texts.ts';
import {
  changes,
  config,
  discard,
  isUpToDate,
  load,
  type Preview,
  preview,
  restart,
  save,
  waiting,
} from './draft.ts';
import { t } from './texts.ts';

export function SaveStep() {
  const fault = useSignal<unknown>(null);
  const isBusy = useSignal(false);
  const wasSaved = useSignal(false);
  const next = isUpToDate.value ? preview.value : null;
  const hasChanges = Object.keys(changes.value).length > 0;
  const isWritable = config.value?.writable === true && config.value.file !== null;
  const run = async (work: () => Promise<void>) => {
    isBusy.value = true;
    fault.value = await work().then(
      () => null,
      (error: unknown) => error,
    );
    isBusy.value = false;
  };
  return (
    <div class="card stack">
      <h2>{t('save')}</h2>
      {wasSaved.value && !hasChanges && <Notice kind="good" title={t('saved')} isLive />}
      {waiting.value.length > 0 && (
        <Notice kind="warn" title={t('restart.needed')} isLive>
          <p class="small">{waiting.value.join(', ')}</p>
          <button type="button" class="primary" disabled={isBusy.value} onClick={() => run(restart)}>
            {isBusy.value ? t('restart.runs') : t('restart')}
          </button>
        </Notice>
      )}
      {!hasChanges && waiting.value.length === 0 && !wasSaved.value && (
        <p class="muted">{t('save.nothing')}</p>
      )}
      <Fault error={fault.value} />
      {hasChanges && next === null && <p class="muted">{text('loading')}</p>}
      {hasChanges && next !== null && (
        <>
          <Faults preview={next} />
          <Difference preview={next} />
          {next.restart.length > 0 && (
            <p class="small muted">{t('restart.will', { settings: next.restart.join(', ') })}</p>
          )}
          {isWritable ? (
            <div class="row">
              <button
                type="button"
                class="primary"
                disabled={isBusy.value || next.faults.length > 0}
                onClick={() =>
                  run(async () => {
                    await save();
                    wasSaved.value = true;
                  })
                }
              >
                {t('save.now')}
              </button>
              <button type="button" onClick={discard}>
                {t('save.discard')}
              </button>
              {fault.value !== null && (
                <button type="button" onClick={() => run(load)}>
                  {text('reload')}
                </button>
              )}
            </div>
          ) : (
            <ToCopy text={next.text} file={config.value?.file ?? null} />
          )}
        </>
      )}
    </div>
  );
}

function Faults({ preview: { faults } }: { readonly preview: Preview }) {
  if (faults.length === 0) return null;
  return (
    <Notice kind="fault" title={t('save.faults')} isLive>
      <ul>
        {faults.map(({ path, reason }) => (
          <li key={`${path} ${reason}`}>
            <code>{path}</code> {reason}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Lines around a change that are shown too. */
const AROUND = 2;

function Difference({ preview: { diff } }: { readonly preview: Preview }) {
  const isNear = (index: number) =>
    diff.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
    <section class="diff" tabIndex={0} aria-label={t('save.diff')}>
      <pre>
        {diff.map(({ kind, line }, index) =>
          isNear(index) ? (
            <span key={index} class={kind}>
              {`${kind === 'added' ? '+' : kind === 'removed' ? '−' : ' '} ${line}\n`}
            </span>
          ) : index > 0 && isNear(index - 1) ? (
            <span key={index} class="gap">
              {'  …\n'}
            </span>
          ) : null,
        )}
      </pre>
    </section>
  );
}

/** Where the daemon cannot write its file. */
function ToCopy({ text: whole, file }: { readonly text: string; readonly file: string | null }) {
  const isCopied = useSignal(false);
  return (
    <div class="stack">
      <Notice kind="warn" title={file === null ? t('copy.noFile') : t('copy.locked', { file })} />
      <textarea class="code" readOnly rows={12} aria-label={t('copy.text')} value={whole} />
      {navigator.clipboard !== undefined && (
        <button
          type="button"
          onClick={async () => {
            await navigator.clipboard.writeText(whole);
            isCopied.value = true;
          }}
        >
          {isCopied.value ? t('copy.done') : t('copy')}
        </button>
      )}
      <p class="small">{t('copy.then')}</p>
      <pre class="diff">
        {file === null
          ? 'surfwatch run -c surfwatch.json'
          : `sudo -e ${file}\nsudo systemctl restart surfwatch`}
      </pre>
    </div>
  );
}
