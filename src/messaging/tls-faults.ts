/** What the codes of Node.js and OpenSSL mean where an encrypted connection is not made. */
import type { ErrorCode } from '../errors.ts';

const MEANINGS: readonly [RegExp, ErrorCode][] = [
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, 'mqtt-tls-expired'],
  [/^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$/, 'mqtt-tls-name'],
  [
    /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|SIGNATURE|REJECTED))/,
    'mqtt-tls-untrusted',
  ],
  // What the broker says of the certificate it was shown, or was not shown: an alert of RFC 8446, section 6.2.
  [
    /^ERR_SSL_(TLSV1\w*|SSL\w*|TLSV13)_ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)$/,
    'mqtt-tls-client',
  ],
  [/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|CRL_|EPROTO$)/, 'mqtt-tls-failed'],
];

/** The code for users; undefined where it was not the encryption. */
export function tlsFaultCode(code: string): ErrorCode | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
}
