import { text } from '../texts.ts';

export function Train(_: { readonly mayOperate: boolean }) {
  return <p>{text('coming')}</p>;
}
