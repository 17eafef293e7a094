/** How camera, broker, model and board are, and what needs care, with its remedy. */
import type { ComponentChildren } from 'preact';
import { healthOf, infoOf, topicValue } from '../../live.ts';
import { Notice } from '../../parts/notice.tsx';
import { number } from '../../texts.ts';
import { alertWords } from './alert-texts.ts';
import { text } from './texts.ts';

export function Alerts() {
  const problem = topicValue('problem');
  const alerts = Object.entries(problem?.alerts ?? {});
  if (alerts.length === 0) return null;
  return (
    <section class="stack alerts" aria-label={text('alerts')}>
      {alerts.map(([id, said]) => {
        const words = alertWords(id);
        return (
          <Notice key={id} kind="fault" title={words?.says ?? said} isLive>
            {words !== null && (
              <p>
                {text('todo')} {words.remedy}
              </p>
            )}
            {words !== null && said !== words.says && (
              <p class="small muted">{text('said', { text: said })}</p>
            )}
          </Notice>
        );
      })}
    </section>
  );
}

export function Health() {
  const health = healthOf();
  const info = infoOf();
  if (health === undefined) return null;
  const { camera, mqtt, outbox, rateHz, cpuTemperatureC, diskFreeMB, board } = health;
  const boardFacts = [
    cpuTemperatureC !== null && `${number(cpuTemperatureC)} °C`,
    diskFreeMB !== null && text('disk', { gb: number(diskFreeMB / 1_000, 1) }),
  ].filter(fact => fact !== false);
  return (
    <section class="card">
      <h2>{text('health')}</h2>
      <ul class="facts">
        <Fact name={text('camera')} level={camera.status === 'online' ? 'good' : 'fault'}>
          {text(`camera.${camera.status}`)}
          {camera.error === null ? (
            rateHz > 0 && <small>{text('rate', { rate: number(rateHz * 60, 1) })}</small>
          ) : (
            <small>
              <code>{camera.error}</code>
            </small>
          )}
        </Fact>
        <Fact name={text('broker')} level={mqtt.connected ? 'good' : 'fault'}>
          {text(mqtt.connected ? 'broker.connected' : 'broker.lost')}
          <small>
            {outbox.events > 0 ? text('waiting', { n: number(outbox.events) }) : (mqtt.server ?? '')}
          </small>
        </Fact>
        {info !== undefined && (
          <Fact name={text('model')} level={info.detail === null ? 'warn' : 'good'}>
            <code>{info.head.id}</code>
            {health.detail !== null && (
              <small>
                {text('smallest', { px: Math.ceil(health.detail.smallestPx) })}
                <br />
                {text('took', { ms: number(health.detail.tookMs) })}
              </small>
            )}
          </Fact>
        )}
        {boardFacts.length > 0 && (
          <Fact name={text('board')} level={board?.undervoltage || board?.throttled ? 'warn' : 'good'}>
            {boardFacts.join(' · ')}
            {info !== undefined && <small>surfwatch {info.version}</small>}
          </Fact>
        )}
      </ul>
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly level: 'good' | 'warn' | 'fault';
  readonly children: ComponentChildren;
}

function Fact({ name, level, children }: FactProps) {
  return (
    <li>
      <span class={`light ${level}`}>{name}</span>
      <span class="said">{children}</span>
    </li>
  );
}
