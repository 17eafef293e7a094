/** Where what is seen is published: the MQTT broker, and Home Assistant. */
import { useSignal } from '@preact/signals';
import { ask } from '../../api.ts';
import { Fault, Notice } from '../../parts/notice.tsx';
import { change, groupOf, settingValue } from './draft.ts';
import { Cards, NumberField, PasswordField, SwitchField, TextField } from './fields.tsx';
import { t } from './texts.ts';

export function BrokerStep() {
  const url = settingValue<string | readonly string[]>('mqtt.url') ?? '';
  const isOther = useSignal(url.length > 0);
  const fault = useSignal<unknown>(null);
  const server = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const test = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    fault.value = null;
    server.value = null;
    try {
      server.value = (
        await ask<{ server: string }>('POST', '/test/broker', { mqtt: groupOf('mqtt') })
      ).server;
    } catch (error) {
      fault.value = error;
    }
    isBusy.value = false;
  };
  return (
    <form class="card stack narrow" onSubmit={test}>
      <Cards
        legend={t('broker')}
        value={isOther.value ? 'other' : 'own'}
        options={{
          own: { title: t('broker.own'), says: t('broker.own.says') },
          other: { title: t('broker.other'), says: t('broker.other.says') },
        }}
        onChoose={chosen => {
          isOther.value = chosen === 'other';
          if (chosen === 'own') change('mqtt.url', '');
        }}
      />
      {isOther.value ? (
        <>
          <TextField path="mqtt.url" label={t('address')} inputMode="url" placeholder="mqtt://192.168.1.5" />
          <div class="pair">
            <TextField path="mqtt.username" label={t('username')} none={null} />
            <PasswordField path="mqtt.password" label={t('password')} />
          </div>
          <button type="submit" class="primary" disabled={isBusy.value || url.length === 0}>
            {isBusy.value ? t('trying') : t('broker.test')}
          </button>
          <Fault error={fault.value} />
          {server.value !== null && (
            <Notice kind="good" title={t('broker.reached', { server: server.value })} isLive />
          )}
        </>
      ) : (
        <NumberField path="broker.port" label={t('port')} min={0} max={65_535} />
      )}
    </form>
  );
}

export function HomeStep() {
  const isEmbedded = (settingValue<string | readonly string[]>('mqtt.url') ?? '').length === 0;
  const isOn = settingValue<boolean>('discovery.enabled') ?? false;
  return (
    <div class="card stack narrow">
      <SwitchField path="discovery.enabled" label={t('home.enabled')} hint={t('home.enabled.hint')} />
      {isOn && (
        <>
          {isEmbedded && <Notice kind="warn" title={t('home.embedded')} isLive />}
          <TextField path="discovery.prefix" label={t('home.prefix')} hint={t('home.prefix.hint')} />
        </>
      )}
    </div>
  );
}
