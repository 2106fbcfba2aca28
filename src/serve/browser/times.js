// Formats times, always in the site's time zone, not the browser's.
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The local time of "2026-11-23 06:00" or "2026-11-23T06:00:00+02:00[Europe/Athens]", in milliseconds as if it were UTC. */
export function clock(text) {
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(text).map(Number);
  return Date.UTC(year, month - 1, day, hour || 0, minute || 0);
}

/** The value of a `datetime-local` field. */
export function fieldValue(text) {
  return new Date(clock(text)).toISOString().slice(0, 16);
}

/** `Mon 23 Nov 06:00`, with the year if it differs from that of `now`. */
export function formatTime(text, now) {
  const date = new Date(clock(text));
  const year = date.getUTCFullYear() === new Date(clock(now)).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  const time = date.toISOString().slice(11, 16);
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${year} ${time}`;
}

/** `in 3 h`, `2 days ago`; `now` in milliseconds of the site's clock. */
export function formatDistance(text, now) {
  const distance = clock(text) - now;
  const size = Math.abs(distance);
  const amount =
    size < MINUTE ? null
    : size < HOUR ? `${Math.floor(size / MINUTE)} min`
    : size < 2 * DAY ? `${Math.floor(size / HOUR)} h`
    : size < 730 * DAY ? `${Math.floor(size / DAY)} days`
    : `${Math.floor(size / (365.25 * DAY))} years`;
  if (amount === null) return 'now';
  return distance > 0 ? `in ${amount}` : `${amount} ago`;
}
