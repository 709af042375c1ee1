/** The table of animals: every behaviour once, the honest ones first. */

import type { Animal } from './animal.js';
import { b01 } from './animals/honest-http.js';
import { b06 } from './animals/other-exit.js';
import { b07 } from './animals/repacks.js';
import { b08 } from './animals/rechunks.js';
import { b09 } from './animals/slow.js';
import { b10 } from './animals/named-exit.js';
import { b11 } from './animals/honest-socks5.js';
import { b12 } from './animals/socks4-addresses.js';
import { b13 } from './animals/mixed.js';
import { b14 } from './animals/https-only.js';
import { b15 } from './animals/flaky.js';
import { b16 } from './animals/asks-ahead.js';
import { p01 } from './animals/xff-client.js';
import { p02 } from './animals/xff-unknown.js';
import { p03 } from './animals/xff-random.js';
import { p04 } from './animals/forwarded-client.js';
import { p05 } from './animals/real-ip.js';
import { p06 } from './animals/tinyproxy-field.js';
import { p07 } from './animals/hex-client.js';
import { p08 } from './animals/base64-client.js';
import { p09 } from './animals/lan-client.js';
import { p10 } from './animals/network-client.js';
import { p11 } from './animals/own-exit.js';
import { p12 } from './animals/proxy-line.js';
import { p13 } from './animals/via-name.js';
import { p14 } from './animals/look-alike.js';
import { p15 } from './animals/passes-login.js';
import { p16 } from './animals/no-cookies.js';
import { p17 } from './animals/other-agent.js';
import { p18 } from './animals/few-fields.js';
import { p19 } from './animals/old-version.js';
import { p20 } from './animals/script.js';
import { p21 } from './animals/frame-for-browsers.js';
import { p22 } from './animals/strips-https.js';
import { p23 } from './animals/hides-https.js';
import { p24 } from './animals/longer-programs.js';
import { p25 } from './animals/other-pictures.js';
import { p26 } from './animals/sets-cookie.js';
import { p27 } from './animals/unguards.js';
import { p28 } from './animals/own-404.js';
import { p29 } from './animals/cuts-off.js';
import { p30 } from './animals/mitm-self-signed.js';
import { p31 } from './animals/mitm-trusted.js';
import { p32 } from './animals/mitm-look-alike.js';
import { p33 } from './animals/injects-in-tunnels.js';
import { p34 } from './animals/flips-bits.js';
import { p35 } from './animals/no-half-close.js';
import { p36 } from './animals/keeps-all.js';
import { p37 } from './animals/one-for-all.js';
import { p38 } from './animals/forges.js';
import { p39 } from './animals/spares-judges.js';
import { p40 } from './animals/swaps.js';
import { p41 } from './animals/rotates.js';
import { p42 } from './animals/unknown-names.js';
import { p43 } from './animals/web-server.js';
import { p44 } from './animals/captive.js';
import { p45 } from './animals/banner.js';
import { p46 } from './animals/http-login.js';
import { p47 } from './animals/socks-login.js';
import { p48 } from './animals/silent.js';
import { p49 } from './animals/resets.js';
import { p50 } from './animals/black-hole.js';
import { p51 } from './animals/tar-pit.js';
import { p52a } from './animals/endless-header.js';
import { p52b } from './animals/endless-interim.js';
import { q01 } from './animals/client-with-scripts.js';
import { q02 } from './animals/client-with-uploads.js';
import { q03 } from './animals/hashed-client.js';
import { q04 } from './animals/balancer-cookie.js';
import { q05 } from './animals/parted-client.js';
import { q06 } from './animals/client-in-path.js';
import { q07 } from './animals/binary-proxy-line.js';
import { q08 } from './animals/refreshes.js';
import { q09 } from './animals/links-style.js';
import { q10 } from './animals/other-redirect.js';
import { q11 } from './animals/script-when-packed.js';
import { q12 } from './animals/cookie-with-pictures.js';
import { q13 } from './animals/third-request.js';
import { q14 } from './animals/reads-along.js';
import { q15 } from './animals/mitm-later.js';
import { q16 } from './animals/changes-uploads.js';
import { q17 } from './animals/tells-network.js';
import { q18 } from './animals/own-names.js';
import { q19 } from './animals/comes-back.js';
import { q20 } from './animals/tries-logins.js';
import { q21 } from './animals/private-for-all.js';
import { q22 } from './animals/late-mixups.js';
import { q23 } from './animals/client-for-tools.js';
import { q24 } from './animals/masked-client.js';
import { q25 } from './animals/client-with-logins.js';
import { q26 } from './animals/client-in-chunks.js';
import { q27 } from './animals/other-accounts.js';
import { q28 } from './animals/script-from-search.js';
import { q30 } from './animals/strips-starttls.js';
import { q31 } from './animals/mitm-old.js';
import { q32 } from './animals/logins-for-all.js';
import { q33 } from './animals/mitm-by-name.js';
import { q34 } from './animals/changes-sealed.js';
import { q35 } from './animals/adds-upward.js';
import { q36 } from './animals/keeps-pictures.js';
import { q37 } from './animals/forgets-queries.js';
import { q38 } from './animals/changes-amounts.js';
import { q39 } from './animals/script-where-named.js';
import { q40 } from './animals/script-where-told.js';

export const animals: readonly Animal[] = [
  ...[
    b01,
    b06,
    b07,
    b08,
    b09,
    b10,
    b11,
    b12,
    b13,
    b14,
    b15,
    b16,
    p01,
    p02,
    p03,
    p04,
    p05,
    p06,
    p07,
    p08,
    p09,
    p10,
    p11,
    p12,
    p13,
    p14,
    p15,
    p16,
    p17,
    p18,
    p19,
    p20,
    p21,
    p22,
    p23,
    p24,
    p25,
    p26,
    p27,
    p28,
    p29,
    p30,
    p31,
    p32,
    p33,
    p34,
    p35,
    p36,
    p37,
    p38,
    p39,
    p40,
    p41,
    p42,
    p43,
    p44,
    p45,
    p46,
    p47,
    p48,
    p49,
    p50,
    p51,
    p52a,
    p52b,
  ],
  ...[
    q01,
    q02,
    q03,
    q04,
    q05,
    q06,
    q07,
    q08,
    q09,
    q10,
    q11,
    q12,
    q13,
    q14,
    q15,
    q16,
    q17,
    q18,
    q19,
    q20,
    q21,
    q22,
    q23,
    q24,
    q25,
    q26,
    q27,
    q28,
    q30,
    q31,
    q32,
    q33,
    q34,
    q35,
    q36,
    q37,
    q38,
    q39,
    q40,
  ],
];
