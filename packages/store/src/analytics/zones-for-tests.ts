/** Zones with and without clock changes, on and off the hour, on both sides of the day's line. For tests. */
export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'America/St_Johns',
  // Clocks change at midnight.
  'America/Santiago',
  'Asia/Beirut',
  'Africa/Cairo',
];
