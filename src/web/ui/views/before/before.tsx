/** What was on the water before. */
import { text } from '../../texts.ts';

export function Before() {
  return <p>{text('coming')}</p>;
}
